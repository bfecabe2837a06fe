import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { keyOf } from '../../api/registry.ts';
import type { Node, Pod } from '../../api/types.ts';
import { createLogger } from '../../lib/logger.ts';
import { TestApi } from '../scheduler/test-api.ts';
import { podGarbageCollector, QUARANTINE_MS, type Verdict, verdictOf } from './pod-garbage-collector.ts';

const KEEP: Verdict = { do: 'keep' };
const REMOVE: Verdict = { do: 'remove' };
const GONE: Verdict = {
  do: 'remove',
  disruption: { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' },
};

function outOfService(ready: 'True' | 'Unknown'): Node {
  const node = aNode('pi-1', { spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] } });
  node.status = { conditions: [{ type: 'Ready', status: ready }] };
  return node;
}

describe('the pod garbage collector', () => {
  const bound = aPod({ node: 'pi-1' });
  const leaving = aPod({ node: 'pi-1', deleted: true });
  const cases: [string, Pod, Node | undefined, number, Verdict][] = [
    ['takes a pod whose node is gone', bound, undefined, QUARANTINE_MS, GONE],
    ['takes a terminating one too', leaving, undefined, QUARANTINE_MS, GONE],
    ['waits a while for its node', bound, undefined, 15_000, { do: 'wait', ms: 25_000 }],
    ['leaves a pod whose node is there', bound, aNode('pi-1'), 0, KEEP],
    ['leaves a pod that waits for a node', aPod(), undefined, 0, KEEP],
    ['takes a terminating pod that never had a node', aPod({ deleted: true }), undefined, 0, REMOVE],
    ['leaves a terminating pod to its node', leaving, aNode('pi-1'), 0, KEEP],
    ['takes it from a node that is out of service', leaving, outOfService('Unknown'), 0, REMOVE],
    ['leaves others there to be evicted first', bound, outOfService('Unknown'), 0, KEEP],
    ['believes a node that says it is ready', leaving, outOfService('True'), 0, KEEP],
  ];
  for (const [title, pod, node, missingForMs, wanted] of cases) {
    it(title, () => assert.deepEqual(verdictOf(pod, node, missingForMs), wanted));
  }

  it('waits as long when the date is set meanwhile', async () => {
    const api = new TestApi();
    const clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
    const removed: string[] = [];
    Object.assign(api.client, { delete: async (_: unknown, { name }: { name: string }) => void removed.push(name) });
    const parts = { ...api, clock, events: { record: () => undefined }, log: createLogger('silent') };
    const { reconcile } = podGarbageCollector(parts);
    const pass = () => reconcile(keyOf(api.put(bound)), new AbortController().signal);
    assert.equal(await pass(), QUARANTINE_MS);
    for (const ms of [86_400_000, -172_800_000]) {
      clock.jump(ms);
      assert.equal(await pass(), QUARANTINE_MS);
    }
    clock.advance(QUARANTINE_MS);
    assert.equal(await pass(), undefined);
    assert.deepEqual(removed, ['web']);
  });
});
