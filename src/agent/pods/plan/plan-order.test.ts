import { evicted, networkAttached, stopBegun, tornDown } from '../pod-memory.ts';
import { aContainer, aPod, deadSandbox, deleted, exited, NOW, running, sandbox } from '../test-builders.ts';
import { ready, sidecar, table } from './plan-cases.ts';

const EVICTION = { message: 'low', graceSeconds: 1, isDisruption: true };

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
      steps: ['start app#1 then 10s', 'remove sandbox-0'],
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
      steps: ['event DeadlineExceeded', 'event Killing', 'stop app-0 in 30s'],
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
      title: 'stops an evicted pod within what the node can wait',
      observed: [sandbox(), running('app')],
      memory: evicted(ready(), EVICTION),
      steps: ['event Killing', 'stop app-0 in 1s'],
    },
    {
      title: 'leaves nothing of an evicted pod: its disk is what the node needs',
      observed: [sandbox(), exited('app', 137)],
      memory: evicted(ready(), EVICTION),
      steps: ['remove app-0', 'remove sandbox-0', 'tearDown'],
    },
    {
      title: 'starts nothing of a pod that was refused',
      memory: evicted(tornDown(ready()), EVICTION),
      steps: [],
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
