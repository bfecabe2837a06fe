import assert from 'node:assert/strict';
import type { Pod, PodStatus } from '../../../api/types.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { freshMemory, imageFailed, type PodMemory } from '../pod-memory.ts';
import { aContainer, aKey, aPod, exited, NOW, running, sandbox } from '../test-builders.ts';
import { podStatus } from './status.ts';

const MEMORY = freshMemory(NOW - 60_000);

function statusOf(pod: Pod, observed: ObservedContainer[], previous: PodStatus = {}, memory: PodMemory = MEMORY) {
  return podStatus({ pod, observed, memory, now: NOW, nodeIp: '192.168.77.11', previous });
}

describe('status of containers that somebody removed', () => {
  const inits = [aContainer('i1'), aContainer('i2')];
  const job = aPod({ restartPolicy: 'Never', initContainers: inits });
  const through = [exited('i1', 0), exited('i2', 0)];

  it('keeps a pod running whose init containers are through', () => {
    for (const restartPolicy of ['Always', 'Never'] as const) {
      const pod = aPod({ restartPolicy, initContainers: inits });
      const before = statusOf(pod, [sandbox(), ...through, running('app')]);
      assert.equal(before.phase, 'Running');
      assert.deepEqual(statusOf(pod, [sandbox(), running('app')], before), before);
    }
  });

  it('lets the pod complete', () => {
    const before = statusOf(job, [sandbox(), ...through, running('app')]);
    const pruned = statusOf(job, [sandbox(), running('app')], before);
    const over = statusOf(job, [sandbox(), exited('app', 0)], pruned);
    assert.equal(over.phase, 'Succeeded');
    assert.deepEqual(over.initContainerStatuses, before.initContainerStatuses);
  });

  it('keeps the end of an init container before the one that runs', () => {
    const before = statusOf(job, [sandbox(), exited('i1', 0), running('i2')]);
    assert.deepEqual(statusOf(job, [sandbox(), running('i2')], before), before);
  });

  it('shows an init container that is to run again as waiting, with its last end', () => {
    const before = statusOf(job, [sandbox(), exited('i1', 0), running('i2')]);
    const [first] = statusOf(job, [sandbox({ attempt: 1 })], before).initContainerStatuses ?? [];
    assert.deepEqual(first?.state, { waiting: { reason: 'PodInitializing' } });
    assert.equal(first?.lastState?.terminated?.exitCode, 0);
  });

  it('keeps restarts and last end of a container that crashes, and its pod running', () => {
    const crashed = exited('app', 3, { attempt: 4, backOff: 80 });
    const before = statusOf(aPod(), [sandbox(), crashed]);
    const later = statusOf(aPod(), [sandbox()], before);
    assert.equal(later.phase, 'Running');
    const [app] = later.containerStatuses ?? [];
    assert.deepEqual(app?.state, { waiting: { reason: 'ContainerCreating' } });
    assert.equal(app?.restartCount, 4);
    assert.equal(app?.lastState?.terminated?.containerID, 'docker://app-4');
    assert.deepEqual(statusOf(aPod(), [sandbox()], later), later);
  });

  it('keeps the end of a container that is done, until something keeps it from its next start', () => {
    const pod = aPod({ restartPolicy: 'OnFailure', containers: [aContainer('app'), aContainer('b')] });
    const before = statusOf(pod, [sandbox(), exited('app', 0), running('b')]);
    assert.deepEqual(statusOf(pod, [sandbox(), running('b')], before), before);
    const memory = imageFailed(MEMORY, aKey('app'), { reason: 'ErrImagePull', message: 'no', now: NOW });
    const [app] = statusOf(pod, [sandbox(), running('b')], before, memory).containerStatuses ?? [];
    assert.equal(app?.state?.waiting?.reason, 'ErrImagePull');
    assert.equal(app?.lastState?.terminated?.exitCode, 0);
  });
});
