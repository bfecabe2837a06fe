import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aPod } from '../../../../test/lib/builders.ts';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../api/types.ts';
import { plan, type Scaled } from './plan.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const OWNED: Scaled = { uid: 'owner', replicas: 4 };

function aBudget(spec: PodDisruptionBudget['spec'], status?: PodDisruptionBudgetStatus): PodDisruptionBudget {
  const metadata = { name: 'b', namespace: 'default', generation: 2 };
  const budget: PodDisruptionBudget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec };
  return status ? { ...budget, status } : budget;
}

function pods(ready: number, unready = 0): Pod[] {
  return Array.from({ length: ready + unready }, (_, index) => {
    const pod = aPod({ name: `p${index}`, phase: 'Running' });
    pod.status = { ...pod.status, conditions: [{ type: 'Ready', status: index < ready ? 'True' : 'False' }] };
    return pod;
  });
}

describe('the status of a disruption budget', () => {
  const cases: [spec: PodDisruptionBudget['spec'], of: Pod[], counts: string][] = [
    [{ minAvailable: 2 }, pods(3), '3 of 3 expected healthy, 2 desired, 1 allowed'],
    [{ minAvailable: 2 }, pods(1, 2), '1 of 3 expected healthy, 2 desired, 0 allowed'],
    [{ minAvailable: '50%' }, pods(3), '3 of 4 expected healthy, 2 desired, 1 allowed'],
    [{ minAvailable: '30%' }, pods(3), '3 of 4 expected healthy, 2 desired, 1 allowed'],
    [{ maxUnavailable: 1 }, pods(4), '4 of 4 expected healthy, 3 desired, 1 allowed'],
    [{ maxUnavailable: '30%' }, pods(4), '4 of 4 expected healthy, 2 desired, 2 allowed'],
    [{ maxUnavailable: 9 }, pods(2), '2 of 4 expected healthy, 0 desired, 2 allowed'],
    [{ minAvailable: 0 }, [], '0 of 0 expected healthy, 0 desired, 0 allowed'],
    [{}, pods(1), '1 of 0 expected healthy, 0 desired, 0 allowed'],
  ];
  for (const [spec, of, counts] of cases) {
    it(`is ${counts} with ${JSON.stringify(spec)}`, () => {
      const { status } = plan(aBudget(spec), of, () => OWNED, NOW);
      const { currentHealthy, expectedPods, desiredHealthy, disruptionsAllowed = 0 } = status;
      assert.equal(
        `${currentHealthy} of ${expectedPods} expected healthy, ${desiredHealthy} desired, ${disruptionsAllowed} allowed`,
        counts,
      );
      assert.equal(status.observedGeneration, 2);
      const [condition] = status.conditions ?? [];
      assert.equal(condition?.reason, disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods');
    });
  }

  it('counts every owner once', () => {
    const of = pods(4);
    const scaleOf = ({ metadata }: Pod): Scaled =>
      metadata.name < 'p2' ? { uid: 'a', replicas: 5 } : { uid: 'b', replicas: 3 };
    assert.equal(plan(aBudget({ maxUnavailable: 0 }), of, scaleOf, NOW).status.expectedPods, 8);
  });

  it('allows nothing, and says why, when an owner does not say how many', () => {
    const { status, failure } = plan(
      aBudget({ maxUnavailable: 1 }),
      pods(2),
      () => ({ error: 'found no controllers' }),
      NOW,
    );
    assert.equal(failure, 'found no controllers');
    assert.equal(status.disruptionsAllowed, 0);
    assert.deepEqual(status.conditions, [
      {
        type: 'DisruptionAllowed',
        status: 'False',
        observedGeneration: 2,
        lastTransitionTime: '2026-01-01T00:10:00Z',
        reason: 'SyncFailed',
        message: 'found no controllers',
      },
    ]);
  });

  it('does not count an evicted pod while it may still begin to go', () => {
    const disruptedPods = { p0: '2026-01-01T00:09:00Z', gone: '2026-01-01T00:09:30Z' };
    const before = { currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 0, disruptedPods };
    const { status, againAfterMs, notDeleted } = plan(aBudget({ minAvailable: 2 }, before), pods(3), () => OWNED, NOW);
    assert.deepEqual(status.disruptedPods, { p0: '2026-01-01T00:09:00Z' });
    assert.equal(status.currentHealthy, 2);
    assert.equal(againAfterMs, 60_000);
    assert.deepEqual(notDeleted, []);
  });

  it('counts it again when it stayed, and tells so', () => {
    const disruptedPods = { p0: '2026-01-01T00:07:00Z' };
    const before = { currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 0, disruptedPods };
    const of = pods(3);
    const { status, notDeleted } = plan(aBudget({ minAvailable: 2 }, before), of, () => OWNED, NOW);
    assert.equal(status.disruptedPods, undefined);
    assert.equal(status.disruptionsAllowed, 1);
    assert.deepEqual(notDeleted, [of[0]]);
  });

  it('is settled by its own result, and never allows more than is to spare', () => {
    const amount = fc.oneof(
      fc.nat(6),
      fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
    );
    const spec = fc.oneof(
      amount.map((minAvailable) => ({ minAvailable })),
      amount.map((maxUnavailable) => ({ maxUnavailable })),
    );
    fc.assert(
      fc.property(spec, fc.nat(6), fc.nat(6), fc.nat(8), (given, ready, unready, replicas) => {
        const of = pods(ready, unready);
        const scaleOf = (): Scaled => ({ uid: 'owner', replicas });
        const { status } = plan(aBudget(given), of, scaleOf, NOW);
        const again = plan(aBudget(given, status), of, scaleOf, NOW + 5000);
        assert.deepEqual(again.status, status);
        const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = status;
        assert.ok(disruptionsAllowed <= Math.max(0, currentHealthy - desiredHealthy));
      }),
    );
  });
});
