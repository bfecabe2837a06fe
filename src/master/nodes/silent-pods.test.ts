import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import { notReady } from './silent-pods.ts';

describe('a pod of a silent node', () => {
  const lastTransitionTime = '2025-01-01T00:00:00Z';

  it('is not ready from now on, and all else stays', () => {
    const pod = aPod({ phase: 'Running' });
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime } as const;
    pod.status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }, scheduled] };
    assert.deepEqual(notReady(pod, Date.UTC(2026, 0, 1))?.status, {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }, scheduled],
    });
  });

  it('is left alone when it is not ready, or never said', () => {
    const pod = aPod();
    pod.status = { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime }] };
    assert.equal(notReady(pod, 0), undefined);
    assert.equal(notReady(aPod(), 0), undefined);
  });
});
