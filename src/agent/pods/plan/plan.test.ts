import assert from 'node:assert/strict';
import type { Pod } from '../../../api/types.ts';
import type { ImageInfo, ObservedContainer } from '../../runtime/runtime.ts';
import {
  freshMemory,
  imageAbsent,
  imageFailed,
  imageReady,
  networkAttached,
  type PodMemory,
  sandboxFailed,
  startFailed,
  stopBegun,
  tornDown,
  volumesFailed,
  volumesReady,
} from '../pod-memory.ts';
import {
  aContainer,
  aPod,
  deadSandbox,
  deleted,
  exited,
  NOW,
  observedContainer,
  running,
  sandbox,
} from '../test-builders.ts';
import { plan } from './plan.ts';
import type { Step } from './step.ts';

const IMAGE: ImageInfo = {
  id: 'sha256:1',
  digestReference: '',
  architecture: 'amd64',
  entrypoint: [],
  command: [],
  user: '',
  sizeBytes: 1,
};

/** A memory in which everything before containers is done; `images`: containers whose image is at hand. */
function ready(...images: string[]): PodMemory {
  const base = networkAttached(volumesReady(freshMemory(NOW - 60_000)), 'sandbox-0');
  return images.reduce((memory, name) => imageReady(memory, name, IMAGE), base);
}

/** A step in a word or two. */
function brief(step: Step): string {
  switch (step.do) {
    case 'startContainer':
      return `start ${step.container}#${step.attempt}${step.backOffSeconds ? ` then ${step.backOffSeconds}s` : ''}`;
    case 'stopContainer':
      return `stop ${step.id} in ${step.graceSeconds}s`;
    case 'removeContainer':
      return `remove ${step.id}`;
    case 'runSandbox':
      return `sandbox#${step.attempt}`;
    case 'recordEvent':
      return `event ${step.event.reason}`;
    case 'wakeAt':
      return `wake +${(step.at - NOW) / 1000}s`;
    case 'inspectImage':
    case 'pullImage':
      return `${step.do === 'pullImage' ? 'pull' : 'inspect'} ${step.container}`;
    default:
      return step.do;
  }
}

function planned(pod: Pod | undefined, observed: ObservedContainer[], memory: PodMemory = ready()): string[] {
  return plan({ pod, observed, memory, now: NOW, isNetworkReady: true }).map(brief);
}

const failure = (reason: string, agoMs = 0) => ({ reason, message: 'no', now: NOW - agoMs });
const sidecar = (name: string) => aContainer(name, { restartPolicy: 'Always' });

interface Case {
  readonly title: string;
  readonly pod?: Pod | undefined;
  readonly observed?: ObservedContainer[];
  readonly memory?: PodMemory;
  readonly steps: string[];
}

function table(cases: readonly Case[]): void {
  for (const { title, observed = [], memory, steps, ...rest } of cases) {
    it(title, () => {
      const pod = 'pod' in rest ? rest.pod : aPod();
      assert.deepEqual(planned(pod, observed, memory), steps);
    });
  }
}

describe('plan of a pod that starts', () => {
  table([
    { title: 'sets up volumes and the sandbox first', memory: freshMemory(NOW), steps: ['setUpVolumes', 'sandbox#0'] },
    {
      title: 'sees to the network of a new sandbox once',
      observed: [sandbox()],
      memory: volumesReady(freshMemory(NOW)),
      steps: ['attachNetwork', 'inspect app'],
    },
    {
      title: 'leaves the node alone with hostNetwork',
      pod: aPod({ hostNetwork: true }),
      observed: [sandbox({ ip: '' })],
      memory: volumesReady(freshMemory(NOW)),
      steps: ['inspect app'],
    },
    {
      title: 'starts a container whose image is at hand',
      observed: [sandbox()],
      memory: ready('app'),
      steps: ['start app#0'],
    },
    {
      title: 'starts all containers in one pass',
      pod: aPod({ containers: [aContainer('a'), aContainer('b')] }),
      observed: [sandbox()],
      memory: ready('a', 'b'),
      steps: ['start a#0', 'start b#0'],
    },
    { title: 'does nothing for a pod that runs', observed: [sandbox(), running('app')], steps: [] },
    {
      title: 'sets up volumes again before a start after a restart of the agent',
      observed: [sandbox()],
      memory: imageReady(networkAttached(freshMemory(NOW), 'sandbox-0'), 'app', IMAGE),
      steps: ['setUpVolumes', 'start app#0'],
    },
    {
      title: 'waits with everything while volumes cannot be set up',
      memory: volumesFailed(freshMemory(NOW), failure('FailedMount')),
      steps: ['wake +2s'],
    },
    {
      title: 'tries volumes again after their back-off',
      memory: volumesFailed(freshMemory(NOW), failure('FailedMount', 2000)),
      steps: ['setUpVolumes', 'sandbox#0'],
    },
    {
      title: 'waits after a sandbox that failed',
      memory: sandboxFailed(ready(), failure('FailedCreatePodSandBox')),
      steps: ['wake +2s'],
    },
    {
      title: 'waits longer after each sandbox that failed',
      memory: sandboxFailed(sandboxFailed(ready(), failure('x')), failure('x')),
      steps: ['wake +4s'],
    },
    {
      title: 'takes a half-made sandbox away and makes it again',
      observed: [sandbox({ state: 'created' })],
      steps: ['remove sandbox-0', 'sandbox#0'],
    },
    {
      title: 'takes a half-made container away and makes it again',
      observed: [sandbox(), observedContainer({ id: 'half', state: 'created' })],
      memory: ready('app'),
      steps: ['remove half', 'start app#0'],
    },
    {
      title: 'waits after a container that could not be created',
      observed: [sandbox()],
      memory: startFailed(ready('app'), 'app', failure('CreateContainerError')),
      steps: ['wake +2s'],
    },
    {
      title: 'replaces a container whose image was changed',
      observed: [sandbox(), running('app', { image: 'app:0' })],
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
  ]);
});

describe('plan of images', () => {
  const withPolicy = (imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never') =>
    aPod({ containers: [aContainer('app', { imagePullPolicy })] });
  const pullFailed = (agoMs: number) => imageFailed(ready(), 'app', failure('ErrImagePull', agoMs));
  table([
    { title: 'looks on the node first with IfNotPresent', observed: [sandbox()], steps: ['inspect app'] },
    {
      title: 'pulls an image that lacks',
      observed: [sandbox()],
      memory: imageAbsent(ready(), 'app'),
      steps: ['pull app'],
    },
    { title: 'pulls at once with Always', pod: withPolicy('Always'), observed: [sandbox()], steps: ['pull app'] },
    {
      title: 'starts after the pull with Always',
      pod: withPolicy('Always'),
      observed: [sandbox()],
      memory: ready('app'),
      steps: ['start app#0'],
    },
    {
      title: 'never pulls with Never',
      pod: withPolicy('Never'),
      observed: [sandbox()],
      memory: imageAbsent(ready(), 'app'),
      steps: ['inspect app'],
    },
    {
      title: 'wakes to show a failed pull as back-off',
      observed: [sandbox()],
      memory: pullFailed(1000),
      steps: ['wake +2s'],
    },
    {
      title: 'tells the back-off and waits for its end',
      observed: [sandbox()],
      memory: pullFailed(4000),
      steps: ['event BackOff', 'event Failed', 'wake +6s'],
    },
    { title: 'pulls again after the back-off', observed: [sandbox()], memory: pullFailed(10_000), steps: ['pull app'] },
    {
      title: 'looks again after ErrImageNeverPull',
      pod: withPolicy('Never'),
      observed: [sandbox()],
      memory: imageFailed(ready(), 'app', failure('ErrImageNeverPull', 10_000)),
      steps: ['inspect app'],
    },
    {
      title: 'waits silently after ErrImageNeverPull',
      pod: withPolicy('Never'),
      observed: [sandbox()],
      memory: imageFailed(ready(), 'app', failure('ErrImageNeverPull', 4000)),
      steps: ['wake +6s'],
    },
    {
      title: 'starts the others while one image lacks',
      pod: aPod({ containers: [aContainer('a'), aContainer('b')] }),
      observed: [sandbox()],
      memory: imageAbsent(ready('b'), 'a'),
      steps: ['pull a', 'start b#0'],
    },
  ]);
});

describe('plan of restarts', () => {
  const never = aPod({ restartPolicy: 'Never', containers: [aContainer('app'), aContainer('b')] });
  const onFailure = aPod({ restartPolicy: 'OnFailure', containers: [aContainer('app'), aContainer('b')] });
  const withB = [sandbox(), running('b')];
  table([
    {
      title: 'restarts at once the first time',
      observed: [sandbox(), exited('app', 1)],
      memory: ready('app'),
      steps: ['start app#1 then 10s'],
    },
    {
      title: 'waits ten seconds the second time',
      observed: [sandbox(), exited('app', 1, { attempt: 1, backOff: 10 })],
      memory: ready('app'),
      steps: ['event BackOff', 'wake +9s'],
    },
    {
      title: 'restarts when the back-off is over',
      observed: [sandbox(), exited('app', 1, { attempt: 1, backOff: 10, finishedAt: NOW - 10_000 })],
      memory: ready('app'),
      steps: ['start app#2 then 20s'],
    },
    {
      title: 'doubles the back-off up to five minutes',
      observed: [
        sandbox(),
        exited('app', 1, { attempt: 9, backOff: 300, finishedAt: NOW - 300_000, startedAt: NOW - 301_000 }),
      ],
      memory: ready('app'),
      steps: ['start app#10 then 300s'],
    },
    {
      title: 'forgets the back-off after ten minutes of running',
      observed: [sandbox(), exited('app', 1, { attempt: 9, backOff: 300, startedAt: NOW - 700_000 })],
      memory: ready('app'),
      steps: ['start app#10 then 10s'],
    },
    {
      title: 'waits for no end that lies ahead of a clock that was set back',
      observed: [
        sandbox(),
        exited('app', 1, { attempt: 1, backOff: 10, startedAt: NOW + 86_399_000, finishedAt: NOW + 86_400_000 }),
      ],
      memory: ready('app'),
      steps: ['start app#2 then 20s'],
    },
    {
      title: 'restarts after success with Always',
      observed: [sandbox(), exited('app', 0)],
      memory: ready('app'),
      steps: ['start app#1 then 10s'],
    },
    {
      title: 'leaves success alone with OnFailure',
      pod: onFailure,
      observed: [...withB, exited('app', 0)],
      memory: ready('app'),
      steps: [],
    },
    {
      title: 'restarts failure with OnFailure',
      pod: onFailure,
      observed: [...withB, exited('app', 3)],
      memory: ready('app'),
      steps: ['start app#1 then 10s'],
    },
    {
      title: 'restarts nothing with Never',
      pod: never,
      observed: [...withB, exited('app', 3)],
      memory: ready('app'),
      steps: [],
    },
    {
      title: 'keeps the last two ended containers of a name and removes older ones',
      observed: [
        sandbox(),
        running('app', { attempt: 3 }),
        exited('app', 1, { attempt: 2 }),
        exited('app', 1, { attempt: 1 }),
        exited('app', 1),
      ],
      steps: ['remove app-1', 'remove app-0'],
    },
    {
      title: 'stops one that was brought back by hand after it was replaced',
      observed: [sandbox(), running('app', { attempt: 1 }), running('app')],
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
  ]);
});

describe('plan of init containers and sidecars', () => {
  const pod = aPod({ initContainers: [aContainer('i1'), sidecar('side'), aContainer('i2')] });
  const all = ready('i1', 'side', 'i2', 'app');
  table([
    { title: 'starts the first init container alone', pod, observed: [sandbox()], memory: all, steps: ['start i1#0'] },
    { title: 'waits for a running init container', pod, observed: [sandbox(), running('i1')], memory: all, steps: [] },
    {
      title: 'goes on after success',
      pod,
      observed: [sandbox(), exited('i1', 0)],
      memory: all,
      steps: ['start side#0'],
    },
    {
      title: 'goes on once a sidecar runs',
      pod,
      observed: [sandbox(), exited('i1', 0), running('side')],
      memory: all,
      steps: ['start i2#0'],
    },
    {
      title: 'restarts a sidecar that ended before the next one started',
      pod,
      observed: [sandbox(), exited('i1', 0), exited('side', 1)],
      memory: all,
      steps: ['start side#1 then 10s'],
    },
    {
      title: 'restarts a sidecar while a later init container runs',
      pod,
      observed: [sandbox(), exited('i1', 0), exited('side', 0), running('i2')],
      memory: all,
      steps: ['start side#1 then 10s'],
    },
    {
      title: 'starts the main containers after the last init container',
      pod,
      observed: [sandbox(), exited('i1', 0), running('side'), exited('i2', 0)],
      memory: all,
      steps: ['start app#0'],
    },
    {
      title: 'restarts a failed init container',
      pod,
      observed: [sandbox(), exited('i1', 2)],
      memory: all,
      steps: ['start i1#1 then 10s'],
    },
    {
      title: 'gives up after a failed init container with Never',
      pod: { ...pod, spec: { ...pod.spec, restartPolicy: 'Never' } },
      observed: [sandbox(), exited('i1', 2)],
      memory: all,
      steps: ['remove sandbox-0', 'tearDown'],
    },
    {
      title: 'restarts a sidecar of a pod that runs, with Never too',
      pod: { ...pod, spec: { ...pod.spec, restartPolicy: 'Never' } },
      observed: [sandbox(), exited('i1', 0), exited('side', 0), exited('i2', 0), running('app')],
      memory: all,
      steps: ['start side#1 then 10s'],
    },
    {
      title: 'does not run init containers again when somebody removed them',
      pod,
      observed: [sandbox(), running('side'), running('app')],
      memory: all,
      steps: [],
    },
    {
      title: 'runs init containers again in a new sandbox',
      pod,
      observed: [sandbox({ attempt: 1 }), exited('i1', 0), exited('side', 1), exited('i2', 0), exited('app', 1)],
      memory: networkAttached(all, 'sandbox-1'),
      steps: ['start i1#1 then 10s'],
    },
  ]);
});

describe('plan when the sandbox died', () => {
  table([
    {
      title: 'stops what still runs in it first',
      observed: [deadSandbox(), running('app')],
      steps: ['event SandboxChanged', 'event Killing', 'stop app-0 in 30s'],
    },
    {
      title: 'makes the next one then',
      observed: [deadSandbox(), exited('app', 137)],
      steps: ['event SandboxChanged', 'sandbox#1'],
    },
    {
      title: 'takes the old one away when the new one is up',
      observed: [sandbox({ attempt: 1 }), deadSandbox(), exited('app', 137)],
      memory: networkAttached(ready('app'), 'sandbox-1'),
      steps: ['remove sandbox-0', 'start app#1 then 10s'],
    },
    {
      title: 'makes none for a pod that is done',
      pod: aPod({ restartPolicy: 'Never' }),
      observed: [deadSandbox(), exited('app', 0)],
      steps: ['remove sandbox-0', 'tearDown'],
    },
    {
      title: 'leaves successful containers alone with OnFailure',
      pod: aPod({ restartPolicy: 'OnFailure', containers: [aContainer('app'), aContainer('b')] }),
      observed: [sandbox({ attempt: 1 }), exited('app', 0), exited('b', 1)],
      memory: networkAttached(ready('app', 'b'), 'sandbox-1'),
      steps: ['start b#1 then 10s'],
    },
  ]);
});

describe('plan of a pod that ends', () => {
  const withSidecars = aPod({
    initContainers: [sidecar('s1'), sidecar('s2')],
    containers: [aContainer('a'), aContainer('b')],
  });
  const job = { ...withSidecars, spec: { ...withSidecars.spec, restartPolicy: 'Never' as const } };
  const late = aPod({ activeDeadlineSeconds: 30 }, {}, { phase: 'Running', startTime: '2026-03-01T11:59:00Z' });
  const sides = [running('s1'), running('s2')];
  table([
    {
      title: 'stops the main containers together',
      pod: deleted(withSidecars),
      observed: [sandbox(), ...sides, running('a'), running('b')],
      steps: ['event Killing', 'stop a-0 in 30s', 'event Killing', 'stop b-0 in 30s'],
    },
    {
      title: 'stops sidecars after them, the last first',
      pod: deleted(withSidecars),
      observed: [sandbox(), ...sides, exited('a', 0), exited('b', 0)],
      steps: ['event Killing', 'stop s2-0 in 30s'],
    },
    {
      title: 'gives sidecars what is left of the grace',
      pod: deleted(withSidecars),
      observed: [sandbox(), ...sides],
      memory: stopBegun(ready(), NOW - 20_000),
      steps: ['event Killing', 'stop s2-0 in 10s'],
    },
    {
      title: 'gives sidecars two seconds at least',
      pod: deleted(withSidecars),
      observed: [sandbox(), ...sides],
      memory: stopBegun(ready(), NOW - 60_000),
      steps: ['event Killing', 'stop s2-0 in 2s'],
    },
    {
      title: 'uses the grace of the deletion',
      pod: deleted(aPod(), 5),
      observed: [sandbox(), running('app')],
      steps: ['event Killing', 'stop app-0 in 5s'],
    },
    {
      title: 'takes everything away when all have stopped, and says so',
      pod: deleted(aPod()),
      observed: [sandbox(), exited('app', 0)],
      steps: ['remove app-0', 'remove sandbox-0', 'tearDown', 'reportGone'],
    },
    { title: 'reports a deleted pod that never started', pod: deleted(aPod()), steps: ['tearDown', 'reportGone'] },
    {
      title: 'does nothing after it told',
      pod: deleted(aPod()),
      memory: { ...tornDown(ready()), isGoneReported: true },
      steps: [],
    },
    {
      title: 'stops sidecars when the main containers are done',
      pod: job,
      observed: [sandbox(), ...sides, exited('a', 0), exited('b', 1)],
      steps: ['event Killing', 'stop s2-0 in 30s'],
    },
    {
      title: 'keeps ended containers of a finished pod and lets the rest go',
      pod: job,
      observed: [sandbox(), exited('s1', 0), exited('s2', 0), exited('a', 0), exited('b', 1)],
      steps: ['remove sandbox-0', 'tearDown'],
    },
    {
      title: 'starts nothing of a pod that the API calls finished',
      pod: aPod({}, {}, { phase: 'Failed' }),
      memory: tornDown(ready()),
      steps: [],
    },
    {
      title: 'stops a pod past its deadline',
      pod: late,
      observed: [sandbox(), running('app')],
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
    {
      title: 'restarts nothing past the deadline',
      pod: late,
      observed: [sandbox(), exited('app', 143)],
      steps: ['remove sandbox-0', 'tearDown'],
    },
    {
      title: 'wakes at the deadline',
      pod: { ...late, spec: { ...late.spec, activeDeadlineSeconds: 90 } },
      observed: [sandbox(), running('app')],
      steps: ['wake +30s'],
    },
    {
      title: 'stops a pod that is no longer assigned quickly',
      pod: undefined,
      observed: [sandbox(), running('app')],
      steps: ['stop app-0 in 2s'],
    },
    {
      title: 'takes an orphan away and tells nobody',
      pod: undefined,
      observed: [sandbox(), exited('app', 0)],
      steps: ['remove app-0', 'remove sandbox-0', 'tearDown'],
    },
  ]);
});

describe('plan while the node has no pod network', () => {
  const early = (pod: Pod, memory: PodMemory) =>
    plan({ pod, observed: [], memory, now: NOW, isNetworkReady: false }).map(brief);

  it('waits in silence at first', () => assert.deepEqual(early(aPod(), freshMemory(NOW)), ['wake +1s']));

  it('says so when that takes long', () =>
    assert.deepEqual(early(aPod(), freshMemory(NOW - 5000)), ['event NetworkNotReady', 'wake +1s']));

  it('starts pods that use the node network', () =>
    assert.deepEqual(early(aPod({ hostNetwork: true }), freshMemory(NOW)), ['setUpVolumes', 'sandbox#0']));
});
