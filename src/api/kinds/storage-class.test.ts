import assert from 'node:assert/strict';
import type { StorageClass } from '../types.ts';
import { LOCAL_PATH_CLASS, STORAGE_CLASS } from './storage-class.ts';

const { strategy, columns } = STORAGE_CLASS;

function aClass(part: Partial<StorageClass> = {}): StorageClass {
  const made: StorageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast' },
    provisioner: 'example.com/disk',
    ...part,
  };
  strategy.setDefaults?.(made);
  return made;
}

describe('a StorageClass', () => {
  it('deletes and binds at once unless it says otherwise', () => {
    const { reclaimPolicy, volumeBindingMode } = aClass();
    assert.deepEqual([reclaimPolicy, volumeBindingMode], ['Delete', 'Immediate']);
  });

  it('shows that it is the default', () => {
    assert.equal(columns[0]?.cell(LOCAL_PATH_CLASS, 0), 'local-path (default)');
    assert.equal(columns[0]?.cell(aClass(), 0), 'fast');
  });

  it('must be right, and what made its volumes may not change', () => {
    const told = (causes: readonly { field?: string | undefined; message: string }[] = []) =>
      causes.map(({ field, message }) => `${field}: ${message}`);
    assert.deepEqual(told(strategy.validate(aClass())), []);
    assert.deepEqual(told(strategy.validate(LOCAL_PATH_CLASS)), []);
    assert.deepEqual(told(strategy.validate(aClass({ reclaimPolicy: 'Recycle' }))), [
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
    ]);
    assert.deepEqual(told(strategy.validate(aClass({ allowedTopologies: [{ matchLabelExpressions: [] }] }))), [
      'allowedTopologies[0].matchLabelExpressions: Duplicate value: ""',
    ]);
    assert.deepEqual(told(strategy.validateUpdate?.(aClass({ provisioner: 'a.b/c' }), aClass())), [
      'provisioner: Forbidden: updates to provisioner are forbidden.',
    ]);
    assert.deepEqual(told(strategy.validateUpdate?.(aClass({ allowVolumeExpansion: true }), aClass())), []);
  });
});
