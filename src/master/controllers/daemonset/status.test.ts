import assert from 'node:assert/strict';
import { aNode } from '../../../../test/lib/builders.ts';
import { nextAvailableMs, statusOf } from './status.ts';
import { aDaemonSet, HASH, inCondition, NOW, podOn } from './test-daemon.ts';

describe('the status of a DaemonSet', () => {
  const tainted = aNode('pi-4', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } });
  const nodes = [aNode('pi-1'), aNode('pi-2'), aNode('pi-3'), tainted];

  it('shows nothing as zeros, but for what may be left out', () => {
    assert.deepEqual(statusOf(aDaemonSet(), { nodes: [], pods: [], hash: HASH }, NOW), {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
      observedGeneration: 1,
    });
  });

  it('counts nodes by the oldest pod on them', () => {
    const set = aDaemonSet({ minReadySeconds: 60 });
    const pods = [
      podOn(set, 'pi-1', 'ready', { hash: 'old' }),
      podOn(set, 'pi-1', 'unready', { name: 'zz-second' }),
      inCondition(podOn(set, 'pi-2'), 'ready', 45),
      podOn(set, 'pi-4'),
    ];
    assert.deepEqual(statusOf(set, { nodes, pods, hash: HASH }, NOW), {
      currentNumberScheduled: 2,
      desiredNumberScheduled: 3,
      numberMisscheduled: 1,
      numberReady: 2,
      observedGeneration: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
      numberUnavailable: 2,
    });
    assert.equal(nextAvailableMs(set, pods, NOW), 15_000);
  });
});
