import assert from 'node:assert/strict';
import type { Pod, PodStatus } from '../../../api/types.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { evicted, freshMemory, imageFailed, type PodMemory, startFailed } from '../pod-memory.ts';
import { aContainer, aKey, aPod, deadSandbox, deleted, exited, NOW, running, sandbox, UID } from '../test-builders.ts';
import { podStatus } from './status.ts';

const MEMORY = freshMemory(NOW - 60_000);

function statusOf(
  pod: Pod,
  observed: ObservedContainer[],
  extra: { memory?: PodMemory; previous?: PodStatus; now?: number } = {},
): PodStatus {
  const previous = extra.previous ?? pod.status ?? {};
  return podStatus({ pod, observed, memory: MEMORY, now: NOW, nodeIp: '192.168.77.11', ...extra, previous });
}

const sidecar = aContainer('side', { restartPolicy: 'Always' });
const failure = (reason: string, agoMs: number) => ({ reason, message: 'manifest unknown', now: NOW - agoMs });

/** `type=status reason`, in order. */
function conditions(status: PodStatus): string[] {
  return (status.conditions ?? []).map((c) => `${c.type}=${c.status}${c.reason ? ` ${c.reason}` : ''}`);
}

describe('phase of a pod', () => {
  const two = { containers: [aContainer('app'), aContainer('b')] };
  const init = { initContainers: [aContainer('init')] };
  const cases: [string, Pod, ObservedContainer[], PodStatus['phase']][] = [
    ['is Pending before anything runs', aPod(), [], 'Pending'],
    ['is Pending while one container has never run', aPod(two), [sandbox(), running('app')], 'Pending'],
    ['is Running when all run', aPod(two), [sandbox(), running('app'), running('b')], 'Running'],
    ['is Pending while an init container runs', aPod(init), [sandbox(), running('init')], 'Pending'],
    ['is Pending while an init container fails again and again', aPod(init), [sandbox(), exited('init', 1)], 'Pending'],
    [
      'is Failed when an init container fails with Never',
      aPod({ ...init, restartPolicy: 'Never' }),
      [exited('init', 1)],
      'Failed',
    ],
    [
      'stays Running while a container crashes with Always',
      aPod(),
      [sandbox(), exited('app', 1, { backOff: 10 })],
      'Running',
    ],
    ['stays Running after success with Always', aPod(), [sandbox(), exited('app', 0)], 'Running'],
    [
      'stays Running while a failure is retried with OnFailure',
      aPod({ restartPolicy: 'OnFailure' }),
      [sandbox(), exited('app', 1)],
      'Running',
    ],
    [
      'is Succeeded after success with OnFailure',
      aPod({ restartPolicy: 'OnFailure' }),
      [exited('app', 0)],
      'Succeeded',
    ],
    ['is Succeeded after success with Never', aPod({ restartPolicy: 'Never' }), [exited('app', 0)], 'Succeeded'],
    [
      'is Failed when one of two failed with Never',
      aPod({ ...two, restartPolicy: 'Never' }),
      [exited('app', 0), exited('b', 1)],
      'Failed',
    ],
    [
      'is Running while one of two is left with Never',
      aPod({ ...two, restartPolicy: 'Never' }),
      [sandbox(), exited('app', 1), running('b')],
      'Running',
    ],
    [
      'is Running while sidecars of a finished pod still stop',
      aPod({ restartPolicy: 'Never', initContainers: [sidecar] }),
      [sandbox(), running('side'), exited('app', 0)],
      'Running',
    ],
    [
      'is Succeeded when they have, whatever their exit code',
      aPod({ restartPolicy: 'Never', initContainers: [sidecar] }),
      [exited('side', 137), exited('app', 0)],
      'Succeeded',
    ],
    ['is Pending while a sidecar has never run', aPod({ initContainers: [sidecar] }), [sandbox()], 'Pending'],
    ['is Failed when a deleted pod ended badly', deleted(aPod()), [exited('app', 137)], 'Failed'],
    ['is Succeeded when a deleted pod ended well', deleted(aPod()), [exited('app', 0)], 'Succeeded'],
    ['is Running while a deleted pod stops', deleted(aPod()), [sandbox(), running('app')], 'Running'],
    ['stays Pending when a deleted pod never ran', deleted(aPod()), [], 'Pending'],
  ];
  for (const [title, pod, observed, phase] of cases) {
    it(title, () => assert.equal(statusOf(pod, observed).phase, phase));
  }

  it('is final once it was said, with the containers it had', () => {
    const pod = aPod({ restartPolicy: 'Never' });
    const end = statusOf(pod, [sandbox(), exited('app', 3)]);
    const later = statusOf(pod, [], { previous: end });
    assert.equal(later.phase, 'Failed');
    assert.deepEqual(later.containerStatuses, end.containerStatuses);
    assert.equal(later.podIP, '10.42.0.5');
  });

  it('is Failed with DeadlineExceeded when the deadline stopped it', () => {
    const pod = aPod({ activeDeadlineSeconds: 30 }, {}, { phase: 'Running', startTime: '2026-03-01T11:59:00Z' });
    assert.equal(statusOf(pod, [sandbox(), running('app')]).phase, 'Running');
    const { phase, reason, message } = statusOf(pod, [exited('app', 143)]);
    assert.deepEqual(
      { phase, reason, message },
      {
        phase: 'Failed',
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      },
    );
  });

  it('stays Succeeded when the pod was done before its deadline', () => {
    const pod = aPod({ restartPolicy: 'Never', activeDeadlineSeconds: 30 }, {}, { startTime: '2026-03-01T11:59:00Z' });
    const status = statusOf(pod, [exited('app', 0, { finishedAt: NOW - 40_000 })]);
    assert.equal(status.phase, 'Succeeded');
    assert.equal(status.reason, undefined);
  });
});

describe('state of a container', () => {
  const app = (observed: ObservedContainer[], extra: Parameters<typeof statusOf>[2] = {}, pod = aPod()) =>
    statusOf(pod, observed, extra).containerStatuses?.[0];

  it('is waiting with ContainerCreating at first', () => {
    assert.deepEqual(app([])?.state, { waiting: { reason: 'ContainerCreating' } });
  });

  it('is waiting with PodInitializing where init containers come first', () => {
    const status = statusOf(aPod({ initContainers: [aContainer('init')] }), [sandbox()]);
    assert.deepEqual(status.containerStatuses?.[0]?.state, { waiting: { reason: 'PodInitializing' } });
    assert.deepEqual(status.initContainerStatuses?.[0]?.state, { waiting: { reason: 'PodInitializing' } });
  });

  it('is running, ready and started without probes', () => {
    const status = app([sandbox(), running('app')]);
    assert.deepEqual(status?.state, { running: { startedAt: '2026-03-01T11:59:00Z' } });
    assert.equal(status?.ready, true);
    assert.equal(status?.started, true);
    assert.equal(status?.containerID, 'docker://app-0');
  });

  it('waits in CrashLoopBackOff with the back-off it waits for', () => {
    const status = app([sandbox(), exited('app', 1, { attempt: 4, backOff: 80 })]);
    const message = `back-off 1m20s restarting failed container=app pod=web_default(${UID})`;
    assert.deepEqual(status?.state, { waiting: { reason: 'CrashLoopBackOff', message } });
    assert.equal(status?.lastState?.terminated?.exitCode, 1);
    assert.equal(status?.restartCount, 4);
    assert.equal(status?.ready, false);
  });

  it('shows the end of the one before while it runs again', () => {
    const status = app([sandbox(), running('app', { attempt: 1 }), exited('app', 137, { oomKilled: true })]);
    assert.equal(status?.lastState?.terminated?.reason, 'OOMKilled');
    assert.equal(status?.restartCount, 1);
  });

  it('is terminated with reason, code and times when it stays ended', () => {
    const status = app([exited('app', 2)], {}, aPod({ restartPolicy: 'Never' }));
    assert.deepEqual(status?.state?.terminated, {
      exitCode: 2,
      reason: 'Error',
      startedAt: '2026-03-01T11:59:00Z',
      finishedAt: '2026-03-01T11:59:59Z',
      containerID: 'docker://app-0',
    });
  });

  it('names a success Completed', () => {
    const status = app([exited('app', 0)], {}, aPod({ restartPolicy: 'Never' }));
    assert.equal(status?.state?.terminated?.reason, 'Completed');
  });

  it('tells a command that cannot run from one that failed', () => {
    const cannotRun = exited('app', 127, {
      error: 'exec: "nope": not found',
      startedAt: undefined,
      finishedAt: undefined,
    });
    const status = app([cannotRun], {}, aPod({ restartPolicy: 'Never' }));
    assert.equal(status?.state?.terminated?.reason, 'ContainerCannotRun');
    assert.equal(status?.state?.terminated?.message, 'exec: "nope": not found');
    const startError = app([{ ...cannotRun, exitCode: 128 }], {}, aPod({ restartPolicy: 'Never' }));
    assert.equal(startError?.state?.terminated?.reason, 'StartError');
  });

  it('shows RunContainerError right after a command that cannot run', () => {
    const cannotRun = exited('app', 127, {
      error: 'not found',
      startedAt: undefined,
      finishedAt: undefined,
      createdAt: NOW,
    });
    const status = app([sandbox(), cannotRun]);
    assert.deepEqual(status?.state, { waiting: { reason: 'RunContainerError', message: 'not found' } });
    assert.equal(status?.lastState?.terminated?.exitCode, 127);
  });

  it('shows a failed pull, then its back-off', () => {
    const fresh = imageFailed(MEMORY, aKey('app'), failure('ErrImagePull', 1000));
    assert.deepEqual(app([sandbox()], { memory: fresh })?.state, {
      waiting: { reason: 'ErrImagePull', message: 'manifest unknown' },
    });
    const later = imageFailed(MEMORY, aKey('app'), failure('ErrImagePull', 4000));
    const message = 'Back-off pulling image "app:1": ErrImagePull: manifest unknown';
    assert.deepEqual(app([sandbox()], { memory: later })?.state, { waiting: { reason: 'ImagePullBackOff', message } });
  });

  it('shows nothing of what another image met', () => {
    const pod = aPod({ containers: [aContainer('app', { image: 'app:2' })] });
    const memory = imageFailed(MEMORY, aKey('app'), failure('ErrImagePull', 4000));
    assert.deepEqual(app([sandbox()], { memory }, pod)?.state, { waiting: { reason: 'ContainerCreating' } });
    const crashed = exited('app', 1, { attempt: 4, backOff: 80, image: 'app:1' });
    assert.equal(app([sandbox(), crashed], {}, pod)?.state?.terminated?.exitCode, 1);
  });

  it('keeps showing what no pull can mend', () => {
    const memory = imageFailed(MEMORY, aKey('app'), failure('ErrImageNeverPull', 9000));
    assert.equal(app([sandbox()], { memory })?.state?.waiting?.reason, 'ErrImageNeverPull');
  });

  it('shows why it could not be created', () => {
    const memory = startFailed(MEMORY, aKey('app'), {
      ...failure('CreateContainerError', 0),
      message: 'no space left',
    });
    assert.deepEqual(app([sandbox()], { memory })?.state, {
      waiting: { reason: 'CreateContainerError', message: 'no space left' },
    });
  });

  it('lists containers in the order of the spec, with their resources', () => {
    const resources = { requests: { cpu: '100m' }, limits: { memory: '64Mi' } };
    const pod = aPod({ containers: [aContainer('z', { resources }), aContainer('a')] });
    const statuses = statusOf(pod, [sandbox(), running('a'), running('z')]).containerStatuses;
    assert.deepEqual(
      statuses?.map((c) => c.name),
      ['z', 'a'],
    );
    assert.deepEqual(statuses?.[0]?.resources, { limits: { memory: '64Mi' }, requests: { cpu: '100m' } });
  });
});

describe('conditions of a pod', () => {
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-03-01T11:00:00Z' };

  it('are those of a pod that runs', () => {
    const status = statusOf(aPod({}, {}, { conditions: [scheduled] }), [sandbox(), running('app')]);
    assert.deepEqual(conditions(status), [
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
    assert.deepEqual(status.conditions?.at(-1), scheduled);
  });

  it('name the containers that are not ready', () => {
    const pod = aPod({ containers: [aContainer('app'), aContainer('b')] });
    const status = statusOf(pod, [sandbox(), running('app')]);
    const ready = status.conditions?.find((c) => c.type === 'Ready');
    assert.equal(ready?.reason, 'ContainersNotReady');
    assert.equal(ready?.message, 'containers with unready status: [b]');
  });

  it('name the init containers that are not through', () => {
    const pod = aPod({ initContainers: [aContainer('i1'), sidecar, aContainer('i2')] });
    const status = statusOf(pod, [sandbox(), exited('i1', 0), running('side')]);
    const initialized = status.conditions?.find((c) => c.type === 'Initialized');
    assert.equal(initialized?.reason, 'ContainersNotInitialized');
    assert.equal(initialized?.message, 'containers with incomplete status: [i2]');
  });

  it('say PodCompleted of a pod that is done', () => {
    const status = statusOf(aPod({ restartPolicy: 'Never' }), [exited('app', 0)]);
    assert.deepEqual(conditions(status).slice(0, 4), [
      'PodReadyToStartContainers=False',
      'Initialized=True PodCompleted',
      'Ready=False PodCompleted',
      'ContainersReady=False PodCompleted',
    ]);
  });

  it('say when the sandbox is away', () => {
    assert.equal(
      conditions(statusOf(aPod(), [deadSandbox(), exited('app', 137)]))[0],
      'PodReadyToStartContainers=False',
    );
  });

  it('move their transition time only with their status', () => {
    const pod = aPod();
    const before = statusOf(pod, [sandbox()]);
    const later = statusOf(pod, [sandbox(), running('app')], { previous: before, now: NOW + 5000 });
    const times = Object.fromEntries((later.conditions ?? []).map((c) => [c.type, c.lastTransitionTime]));
    assert.equal(times.PodReadyToStartContainers, '2026-03-01T12:00:00Z');
    assert.equal(times.Ready, '2026-03-01T12:00:05Z');
  });

  it('keep what others wrote', () => {
    const gate = { type: 'example.com/gate', status: 'True' };
    const status = statusOf(aPod({}, {}, { conditions: [scheduled, gate] }), []);
    assert.deepEqual(status.conditions?.at(-1), gate);
  });
});

describe('status of a pod', () => {
  it('has the addresses of the pod and its node', () => {
    const status = statusOf(aPod({}, { generation: 2 }, { qosClass: 'Burstable' }), [sandbox(), running('app')]);
    assert.equal(status.podIP, '10.42.0.5');
    assert.deepEqual(status.podIPs, [{ ip: '10.42.0.5' }]);
    assert.deepEqual(status.hostIPs, [{ ip: '192.168.77.11' }]);
    assert.equal(status.observedGeneration, 2);
    assert.equal(status.qosClass, 'Burstable');
    assert.equal(status.startTime, '2026-03-01T11:59:00Z');
  });

  it('has the node address as pod address with hostNetwork', () => {
    const status = statusOf(aPod({ hostNetwork: true }), [sandbox({ ip: '' }), running('app')]);
    assert.equal(status.podIP, '192.168.77.11');
  });

  it('is the same from a restarted agent', () => {
    const pod = aPod({ initContainers: [sidecar] });
    const observed = [sandbox(), running('side'), running('app', { attempt: 3 }), exited('app', 1, { attempt: 2 })];
    const first = statusOf(pod, observed);
    const restarted = statusOf({ ...pod, status: first }, observed, {
      memory: freshMemory(NOW + 90_000),
      now: NOW + 90_000,
    });
    assert.deepEqual(restarted, first);
  });
});

describe('status of an evicted pod', () => {
  const message = 'The node was low on resource: memory. ';
  const memory = evicted(MEMORY, { message, graceSeconds: 1, isDisruption: true });
  const outcome = ({ phase, reason, message }: PodStatus) => [phase, reason, message];

  it('says at once that the node ends it, and is Failed when nothing of it runs', () => {
    const pod = aPod({}, {}, { phase: 'Running' });
    const going = statusOf(pod, [sandbox(), running('app')], { memory });
    assert.deepEqual(outcome(going), ['Running', undefined, undefined]);
    assert.equal(conditions(going).at(-1), 'DisruptionTarget=True TerminationByKubelet');
    const over = statusOf(pod, [sandbox(), exited('app', 137)], { memory, previous: going, now: NOW + 1000 });
    assert.deepEqual(outcome(over), ['Failed', 'Evicted', message]);
    assert.deepEqual(over.conditions?.at(-1), going.conditions?.at(-1));
  });

  it('stays so when its containers are gone, and from a restarted agent', () => {
    const over = statusOf(aPod({}, {}, { phase: 'Running' }), [exited('app', 137)], { memory });
    const later = statusOf(aPod({}, {}, over), []);
    assert.deepEqual(outcome(later), ['Failed', 'Evicted', message]);
    assert.equal(later.containerStatuses?.[0]?.state?.terminated?.exitCode, 137);
    assert.equal(conditions(later).at(-1), 'DisruptionTarget=True TerminationByKubelet');
  });

  it('is Failed without a container for a pod that was refused, and no disruption', () => {
    const refused = evicted(MEMORY, { message: 'Pod was rejected: x', graceSeconds: 0, isDisruption: false });
    const status = statusOf(aPod(), [], { memory: refused });
    assert.deepEqual(outcome(status), ['Failed', 'Evicted', 'Pod was rejected: x']);
    assert.equal(conditions(status).includes('DisruptionTarget=True TerminationByKubelet'), false);
  });
});
