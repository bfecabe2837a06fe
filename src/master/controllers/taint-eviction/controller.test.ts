import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import { ManualClock } from '../../../../test/lib/manual-clock.ts';
import { POD } from '../../../api/kinds/pod.ts';
import type { ObjectKey } from '../../../api/registry.ts';
import { createLogger } from '../../../lib/logger.ts';
import { TestApi } from '../../scheduler/test-api.ts';
import { Controller } from '../controller.ts';
import { taintEvictionController } from './controller.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const AWAIT_MS = 20_000;

function world() {
  const api = new TestApi();
  const clock = new ManualClock(NOW);
  const evicted: string[] = [];
  Object.assign(api.client, {
    delete: async (_: unknown, key: ObjectKey) => {
      evicted.push(key.name);
      const { metadata, ...pod } = api.cache.get(POD, key) ?? assert.fail();
      api.put({ ...pod, metadata: { ...metadata, deletionTimestamp: '2026-01-01T01:00:00Z' } });
    },
  });
  const parts = { ...api, clock, events: { record: () => undefined }, log: createLogger('silent') };
  const controller = new Controller(taintEvictionController(parts, AWAIT_MS), parts);
  const pass = async (ms: number) => {
    clock.advance(ms);
    for (let i = 0; i < 20; i++) await turn();
  };
  return { api, clock, controller, evicted, pass };
}

function unreachableSince(secondsAgo: number) {
  const timeAdded = new Date(NOW - secondsAgo * 1000).toISOString();
  return aNode('pi-1', {
    spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded }] },
  });
}

const tolerations = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' as const, tolerationSeconds: 10 }];
const scheduled = { type: 'PodScheduled', status: 'True' as const, lastTransitionTime: '2026-01-01T00:00:00Z' };
const onNode = (name: string) => ({
  ...aPod({ name, node: 'pi-1', spec: { tolerations } }),
  status: { phase: 'Running' as const, conditions: [scheduled] },
});

describe('eviction by taints after the master was started anew', () => {
  it('waits for the nodes, and counts what the pods had waited before once they had their chance', async () => {
    const { api, controller, evicted, pass } = world();
    api.put(unreachableSince(60));
    api.put(onNode('old'));
    controller.start();
    await pass(0);
    await pass(AWAIT_MS - 1);
    assert.deepEqual(evicted, []);
    await pass(1);
    assert.deepEqual(evicted, ['old']);
    await controller.stop();
  });

  it('leaves the pods of a node that has come meanwhile', async () => {
    const { api, controller, evicted, pass } = world();
    api.put(unreachableSince(60));
    api.put(onNode('old'));
    controller.start();
    await pass(0);
    await pass(5000);
    api.put(aNode('pi-1'));
    await pass(600_000);
    assert.deepEqual(evicted, []);
    await controller.stop();
  });

  it('gives no more time once the nodes had theirs', async () => {
    const { api, clock, controller, evicted, pass } = world();
    api.put(aNode('pi-1'));
    api.put(onNode('old'));
    controller.start();
    await pass(0);
    await pass(AWAIT_MS);
    api.put(unreachableSince((NOW - clock.now()) / 1000));
    await pass(9999);
    assert.deepEqual(evicted, []);
    await pass(1);
    assert.deepEqual(evicted, ['old']);
    await controller.stop();
  });
});
