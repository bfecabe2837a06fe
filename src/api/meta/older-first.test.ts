import assert from 'node:assert/strict';
import { olderFirst } from './older-first.ts';

const born = (name: string, creationTimestamp?: string, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, ...(creationTimestamp ? { creationTimestamp } : {}) },
});

describe('the order of age', () => {
  it('goes by time, then by namespace and name', () => {
    const ordered = [
      born('z', '2026-01-01T00:00:00Z'),
      born('b', '2026-01-01T00:00:01Z', 'a'),
      born('a', '2026-01-01T00:00:01Z', 'b'),
      born('b', '2026-01-01T00:00:01Z', 'b'),
    ];
    assert.deepEqual(ordered.toReversed().toSorted(olderFirst), ordered);
  });

  it('is none between an object and itself', () => {
    assert.equal(olderFirst(born('a'), born('a')), 0);
  });
});
