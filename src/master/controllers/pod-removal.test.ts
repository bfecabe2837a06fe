import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import { failed } from './pod-removal.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const WHY = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };

describe('a pod that is ended from outside', () => {
  it('fails, and says why', () => {
    assert.deepEqual(failed(aPod({ phase: 'Running' }), WHY, NOW).status, {
      phase: 'Failed',
      conditions: [
        {
          type: 'DisruptionTarget',
          status: 'True',
          ...WHY,
          observedGeneration: 1,
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    });
  });

  it('says nothing where nothing disrupted it', () => {
    assert.deepEqual(failed(aPod({ phase: 'Pending' }), undefined, NOW).status, { phase: 'Failed' });
  });

  it('keeps its other conditions, and since when it has been a target', () => {
    const pod = aPod();
    const ready = { type: 'Ready', status: 'False' } as const;
    const lastTransitionTime = '2025-01-01T00:00:00Z';
    const target = { type: 'DisruptionTarget', status: 'True', reason: 'Other', lastTransitionTime } as const;
    pod.status = { conditions: [target, ready] };
    assert.deepEqual(
      failed(pod, WHY, NOW).status?.conditions?.map(({ type, reason, lastTransitionTime: at }) => [type, reason, at]),
      [
        ['Ready', undefined, undefined],
        ['DisruptionTarget', WHY.reason, lastTransitionTime],
      ],
    );
  });

  it('stays as it is when it has ended', () => {
    const pod = aPod({ phase: 'Succeeded' });
    assert.equal(failed(pod, WHY, NOW), pod);
  });
});
