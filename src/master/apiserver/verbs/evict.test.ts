import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../api/types.ts';
import { takeOne } from './evict.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function aBudget(status: Partial<PodDisruptionBudgetStatus>): PodDisruptionBudget {
  const counts = {
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
    disruptionsAllowed: 1,
    observedGeneration: 1,
  };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'default', generation: 1 },
    spec: { minAvailable: 2 },
    status: { ...counts, ...status },
  };
}

describe('taking a disruption from a budget', () => {
  it('leaves one less, and the name of the pod', () => {
    const { status } = takeOne(aBudget({}), aPod({ name: 'web-0' }), NOW);
    assert.equal(status?.disruptionsAllowed, 0);
    assert.deepEqual(status?.disruptedPods, { 'web-0': '2026-01-01T00:00:00Z' });
    assert.equal(status?.conditions?.[0]?.reason, 'InsufficientPods');
  });

  const failed = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'SyncFailed',
    message: 'found no controllers',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  } as const;
  const refusals: [title: string, status: Partial<PodDisruptionBudgetStatus>, cause: string, after?: number][] = [
    [
      'none is left',
      { disruptionsAllowed: 0, currentHealthy: 2 },
      'The disruption budget b needs 2 healthy pods and has 2 currently',
    ],
    [
      'it could not be counted',
      { disruptionsAllowed: 0, conditions: [failed] },
      'The disruption budget b does not allow evicting pods currently because it failed sync: found no controllers',
    ],
    [
      'its spec is newer',
      { observedGeneration: 0 },
      'The disruption budget b is still being processed by the server.',
      10,
    ],
  ];
  for (const [title, status, cause, retryAfterSeconds] of refusals) {
    it(`is refused when ${title}`, () => {
      assert.throws(
        () => takeOne(aBudget(status), aPod(), NOW),
        (error) => {
          assert.ok(error instanceof ApiError);
          const sent = error.toStatus();
          assert.equal(sent.code, 429);
          assert.equal(sent.message, "Cannot evict pod as it would violate the pod's disruption budget.");
          assert.deepEqual(sent.details?.causes, [{ reason: 'DisruptionBudget', message: cause }]);
          assert.equal(sent.details?.retryAfterSeconds, retryAfterSeconds);
          return true;
        },
      );
    });
  }
});
