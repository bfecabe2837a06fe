import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { POD } from '../../api/kinds/pod.ts';
import { createLogger } from '../../lib/logger.ts';
import { Scheduler } from './scheduler.ts';
import { TestApi } from './test-api.ts';
import { aClassOf, aFreeVolume, aNamedNode, anOpenClaim, aPodWithClaims, bound } from './test-storage.ts';

function world() {
  const api = new TestApi();
  const clock = new ManualClock();
  const told: string[] = [];
  const scheduler = new Scheduler({
    ...api,
    clock,
    events: { record: (about, { reason, message }) => told.push(`${about.metadata.name} ${reason}: ${message}`) },
    log: createLogger('silent'),
    registry: { architectures: async () => [] },
  });
  api.put(aNamedNode('a'));
  const storageClass = aClassOf('static');
  assert.ok(storageClass);
  api.put(storageClass);
  /** The volume controller's part: a claim is bound to the volume that is kept for it. */
  api.cache.subscribe(PERSISTENT_VOLUME, ({ object: { metadata, spec } }) => {
    const { namespace = '', name = '' } = spec.claimRef ?? {};
    const claim = api.cache.get(PERSISTENT_VOLUME_CLAIM, { namespace, name });
    if (claim && !claim.spec.volumeName) setImmediate(() => api.put(bound(claim, metadata.name)));
  });
  const turns = async () => {
    for (let i = 0; i < 20; i++) await turn();
  };
  return { api, clock, told, scheduler, turns };
}

describe('the scheduler', () => {
  it('gives no volume to two pods that it decides on in one turn', async () => {
    const { api, told, scheduler, turns } = world();
    api.put(aFreeVolume('v'));
    for (const name of ['x', 'y']) {
      api.put(anOpenClaim(name));
      api.put(aPodWithClaims(`with-${name}`, name));
    }
    scheduler.start();
    await turns();
    // Who is told first depends on how quick the machine is.
    assert.deepEqual(told.toSorted().toReversed(), [
      "with-y FailedScheduling: 0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
      'with-x Scheduled: Successfully assigned default/with-x to a',
    ]);
    api.put(aFreeVolume('w'));
    await turns();
    assert.equal(told.at(-1), 'with-y Scheduled: Successfully assigned default/with-y to a');
    await scheduler.stop();
  });

  it('tells of a pod that had a node and could not be put there, and tries it again', async () => {
    const { api, clock, told, scheduler, turns } = world();
    const { bind } = api.client;
    let failures = 1;
    Object.assign(api.client, {
      bind: async (...about: Parameters<typeof bind>) => {
        if (failures-- > 0) throw new Error('the disk is full');
        return bind(...about);
      },
    });
    api.put(aPodWithClaims('p'));
    scheduler.start();
    await turns();
    assert.deepEqual(told, ['p FailedScheduling: the disk is full']);
    const condition = api.cache.get(POD, { namespace: 'default', name: 'p' })?.status?.conditions?.[0];
    assert.deepEqual([condition?.type, condition?.reason], ['PodScheduled', 'SchedulerError']);
    clock.advance(1000);
    await turns();
    assert.equal(told.at(-1), 'p Scheduled: Successfully assigned default/p to a');
    await scheduler.stop();
  });
});
