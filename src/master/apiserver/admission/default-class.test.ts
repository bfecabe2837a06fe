import assert from 'node:assert/strict';
import { isDefaultClass, LOCAL_PATH_CLASS } from '../../../api/kinds/storage-class.ts';
import { newestDefault } from './default-class.ts';

function aClass(name: string, creationTimestamp: string, isDefault = true) {
  const annotations = isDefault ? { ...LOCAL_PATH_CLASS.metadata.annotations } : {};
  return { ...LOCAL_PATH_CLASS, metadata: { name, creationTimestamp, annotations } };
}

describe('the default class', () => {
  it('is the newest of those that are marked', () => {
    const classes = [
      aClass('b', '2026-01-02T00:00:00Z'),
      aClass('a', '2026-01-02T00:00:00Z'),
      aClass('old', '2026-01-01T00:00:00Z'),
      aClass('unmarked', '2026-01-03T00:00:00Z', false),
    ];
    assert.equal(newestDefault(classes, isDefaultClass)?.metadata.name, 'a');
    assert.equal(newestDefault(classes.slice(3), isDefaultClass), undefined);
  });
});
