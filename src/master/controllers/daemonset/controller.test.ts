import assert from 'node:assert/strict';
import { aNode } from '../../../../test/lib/builders.ts';
import { ManualClock } from '../../../../test/lib/manual-clock.ts';
import { keyOf } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { createLogger } from '../../../lib/logger.ts';
import type { ObjectCache, ResourceClient } from '../../resource-client.ts';
import { daemonSetController } from './controller.ts';
import { aDaemonSet, NOW, podOn } from './test-daemon.ts';

describe('the controller of DaemonSets', () => {
  it('replaces a failed pod after its back-off when the date is set meanwhile', async () => {
    const set = aDaemonSet({ updateStrategy: { type: 'OnDelete' } });
    const objects: Record<string, KubeObject[]> = {
      DaemonSet: [set],
      Node: [aNode('pi-1')],
      Pod: [podOn(set, 'pi-1', 'failed')],
    };
    const list = ({ kind }: { kind: string }) => objects[kind] ?? [];
    const deleted: string[] = [];
    const client = {
      create: async (_: unknown, object: KubeObject) => {
        objects[object.kind] = [...list(object), object];
        return object;
      },
      update: async (_: unknown, object: KubeObject) => object,
      // It stays in sight, as one whose node is slow does.
      delete: async (_: unknown, { name }: { name: string }) => void deleted.push(name),
    } as unknown as ResourceClient;
    const cache = { list, get: (kind: { kind: string }) => list(kind)[0] } as unknown as ObjectCache;
    const clock = new ManualClock(NOW);
    const events = { record: () => undefined };
    const { reconcile } = daemonSetController({ client, cache, events, clock, log: createLogger('silent') });
    const pass = () => reconcile(keyOf(set), new AbortController().signal);
    assert.equal(await pass(), 1000);
    for (const ms of [-86_400_000, 172_800_000]) {
      clock.jump(ms);
      assert.equal(await pass(), 1000);
    }
    assert.equal(deleted.length, 1);
    clock.advance(1000);
    await pass();
    assert.equal(deleted.length, 2);
  });
});
