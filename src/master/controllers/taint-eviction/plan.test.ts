import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import type { Pod, Taint, Toleration } from '../../../api/types.ts';
import { type Decision, evictingTaints, plan, waitedBefore } from './plan.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const LOST: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
const OWN: Taint = { key: 'maintenance', value: 'now', effect: 'NoExecute' };
const STAY: Decision = { do: 'stay' };
const EVICT: Decision = { do: 'evict' };

function tolerating(...tolerations: Toleration[]): Pod {
  return aPod({ node: 'pi-1', spec: { tolerations } });
}

function forLost(tolerationSeconds?: number): Toleration {
  const exists = { key: LOST.key, operator: 'Exists', effect: 'NoExecute' } as const;
  return tolerationSeconds === undefined ? exists : { ...exists, tolerationSeconds };
}

describe('a pod on a node with NoExecute taints', () => {
  const cases: [string, Pod, Taint[], number, Decision][] = [
    ['stays when there is none', tolerating(), [], 0, STAY],
    ['goes at once when it tolerates nothing', tolerating(), [LOST], 0, EVICT],
    ['stays for ever when its toleration has no end', tolerating(forLost()), [LOST], 1e9, STAY],
    ['stays as a DaemonSet’s pod does', tolerating({ operator: 'Exists' }), [LOST, OWN], 1e9, STAY],
    ['waits as long as it may', tolerating(forLost(10)), [LOST], 4000, { do: 'wait', ms: 6000 }],
    ['goes when its time is over', tolerating(forLost(10)), [LOST], 10_000, EVICT],
    ['goes at once with a time of 0', tolerating(forLost(0)), [LOST], 0, EVICT],
    ['goes at once with a time below 0', tolerating(forLost(-5)), [LOST], 0, EVICT],
    ['goes at once when one of two is not tolerated', tolerating(forLost(10)), [LOST, OWN], 0, EVICT],
    [
      'waits for the shorter of two',
      tolerating(forLost(10), { key: 'maintenance', operator: 'Exists', tolerationSeconds: 3 }),
      [LOST, OWN],
      0,
      { do: 'wait', ms: 3000 },
    ],
    [
      'counts only what ends',
      tolerating(forLost(10), { key: 'maintenance', operator: 'Equal', value: 'now' }),
      [LOST, OWN],
      0,
      { do: 'wait', ms: 10_000 },
    ],
    ['goes when the value is another', tolerating({ key: 'maintenance', value: 'later' }), [OWN], 0, EVICT],
    [
      'counts the first toleration that fits',
      tolerating(forLost(60), forLost(10)),
      [LOST],
      0,
      { do: 'wait', ms: 60_000 },
    ],
  ];
  for (const [title, pod, taints, waitedMs, expected] of cases) {
    it(title, () => assert.deepEqual(plan(pod, taints, { waitedMs, awaitNodesMs: 0 }), expected));
  }

  it('is not driven away by taints with other effects', () => {
    const taints: Taint[] = [{ ...OWN, effect: 'NoSchedule' }, { ...OWN, effect: 'PreferNoSchedule' }, LOST];
    assert.deepEqual(evictingTaints(aNode('pi-1', { spec: { taints } })), [LOST]);
    assert.deepEqual(evictingTaints(undefined), []);
  });

  it('is given the time in which its node may come back to a master that has just started', () => {
    const late = { waitedMs: 60_000, awaitNodesMs: 20_000 };
    const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };
    assert.deepEqual(plan(tolerating(forLost(10)), [LOST], late), { do: 'wait', ms: 20_000 });
    assert.deepEqual(plan(tolerating(), [notReady], late), { do: 'wait', ms: 20_000 });
    assert.deepEqual(plan(tolerating(forLost(90)), [LOST], late), { do: 'wait', ms: 30_000 });
    // Somebody's own taint does not depend on whether the node is heard.
    assert.deepEqual(plan(tolerating(forLost(10)), [LOST, OWN], late), EVICT);
    assert.deepEqual(plan(tolerating(forLost()), [LOST], late), STAY);
  });

  it('has its end come closer with every moment, and stays gone', () => {
    let last = Number.POSITIVE_INFINITY;
    for (let waitedMs = 0; waitedMs <= 20_000; waitedMs += 500) {
      const decision = plan(tolerating(forLost(10)), [LOST], { waitedMs, awaitNodesMs: 0 });
      const left = decision.do === 'wait' ? decision.ms : 0;
      assert.ok(left < last || left === 0);
      assert.equal(decision.do, waitedMs < 10_000 ? 'wait' : 'evict');
      last = left;
    }
  });
});

describe('a pod that waited before the master started', () => {
  const added = (taint: Taint, secondsAgo: number): Taint => ({
    ...taint,
    timeAdded: new Date(NOW - secondsAgo * 1000).toISOString(),
  });
  const bound = (pod: Pod, secondsAgo: number): Pod => ({
    ...pod,
    metadata: { ...pod.metadata, creationTimestamp: new Date(NOW - secondsAgo * 1000).toISOString() },
  });

  it('counts from when the taint was added', () => {
    assert.equal(waitedBefore(bound(tolerating(forLost(10)), 500), [added(LOST, 4)], NOW), 4000);
  });

  it('counts from when it came, where the taint was there before', () => {
    assert.equal(waitedBefore(bound(tolerating(forLost(10)), 3), [added(LOST, 500)], NOW), 3000);
  });

  it('counts from when it was bound, however long it had waited for that', () => {
    const pod = bound(tolerating(forLost(10)), 400);
    const lastTransitionTime = new Date(NOW - 2000).toISOString();
    pod.status = { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime }] };
    assert.equal(waitedBefore(pod, [added(LOST, 500)], NOW), 2000);
  });

  it('counts from now on, where nothing says since when', () => {
    assert.equal(waitedBefore(bound(tolerating(forLost(10)), 500), [LOST], NOW), 0);
  });

  it('does not count what it tolerates for ever, nor the future', () => {
    const forEver = tolerating(forLost(), { key: 'maintenance', operator: 'Exists', tolerationSeconds: 60 });
    assert.equal(waitedBefore(bound(forEver, 500), [added(LOST, 400), added(OWN, 5)], NOW), 5000);
    assert.equal(waitedBefore(bound(tolerating(forLost(10)), 500), [added(LOST, -1000)], NOW), 0);
  });
});
