import { postStartDue, postStartEnded, preStopBegun, preStopEnded, probed } from '../container-memory.ts';
import { stopBegun } from '../pod-memory.ts';
import { aContainer, aPod, deleted, exited, NOW, running, sandbox } from '../test-builders.ts';
import { ready, sidecar, table } from './plan-cases.ts';

const sleep = { sleep: { seconds: 5 } };

describe('plan of probes', () => {
  const live = { livenessProbe: { terminationGracePeriodSeconds: 7 }, startupProbe: {} };
  const pod = aPod({ containers: [aContainer('app', live)] });
  const observed = [sandbox(), running('app')];
  const dead = probed(ready('app'), 'app-0', 'liveness', 'failure');
  const side = aPod({ initContainers: [{ ...sidecar('side'), startupProbe: {} }] });
  table([
    {
      title: 'kills a container whose liveness probe failed, with the grace of the probe',
      pod,
      observed,
      memory: dead,
      steps: ['event Killing', 'stop app-0 in 7s'],
    },
    {
      title: 'kills a container whose startup probe failed, with the grace of the pod',
      pod,
      observed,
      memory: probed(ready('app'), 'app-0', 'startup', 'failure'),
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
    {
      title: 'starts it again under OnFailure even when it ended well',
      pod: { ...pod, spec: { ...pod.spec, restartPolicy: 'OnFailure' } },
      observed: [sandbox(), exited('app', 0)],
      memory: dead,
      steps: ['start app#1 then 10s'],
    },
    {
      title: 'leaves it dead under Never',
      pod: { ...pod, spec: { ...pod.spec, restartPolicy: 'Never' } },
      observed: [sandbox(), exited('app', 0)],
      memory: dead,
      steps: ['remove sandbox-0', 'tearDown'],
    },
    {
      title: 'leaves a container alone that is only not ready',
      pod,
      observed,
      memory: probed(ready(), 'app-0', 'readiness', 'failure'),
      steps: [],
    },
    {
      title: 'holds the next container until a sidecar has started',
      pod: side,
      observed: [sandbox(), running('side')],
      memory: ready('app'),
      steps: [],
    },
    {
      title: 'goes on when the startup probe of a sidecar has succeeded',
      pod: side,
      observed: [sandbox(), running('side')],
      memory: probed(ready('app'), 'side-0', 'startup', 'success'),
      steps: ['start app#0'],
    },
  ]);
});

describe('plan of postStart hooks', () => {
  const pod = aPod({ containers: [aContainer('app', { lifecycle: { postStart: sleep } }), aContainer('b')] });
  const due = postStartDue(ready('app', 'b'), 'app-0');
  table([
    {
      title: 'starts nothing after a container with a hook',
      pod,
      observed: [sandbox()],
      memory: ready('app', 'b'),
      steps: ['start app#0'],
    },
    {
      title: 'runs the hook, and holds the next container',
      pod,
      observed: [sandbox(), running('app')],
      memory: due,
      steps: ['runPostStart'],
    },
    {
      title: 'goes on when the hook is through',
      pod,
      observed: [sandbox(), running('app')],
      memory: postStartEnded(due, 'app-0', undefined),
      steps: ['start b#0'],
    },
    {
      title: 'kills the container whose hook failed',
      pod,
      observed: [sandbox(), running('app'), running('b')],
      memory: postStartEnded(due, 'app-0', 'no'),
      steps: ['event Killing', 'stop app-0 in 30s'],
    },
    {
      title: 'runs no hook of a container that an agent before this one started',
      pod,
      observed: [sandbox(), running('app'), running('b')],
      steps: [],
    },
  ]);
});

describe('plan of preStop hooks', () => {
  const pod = aPod({
    initContainers: [{ ...sidecar('side'), lifecycle: { preStop: sleep } }],
    containers: [aContainer('app', { lifecycle: { preStop: sleep } }), aContainer('b')],
  });
  const observed = [sandbox(), running('side'), running('app'), running('b')];
  const begun = preStopBegun(preStopBegun(ready(), 'app-0', NOW - 4_000), 'side-0', NOW - 4_000);
  const late = preStopBegun(preStopBegun(ready(), 'app-0', NOW - 30_000), 'side-0', NOW - 30_000);
  table([
    {
      title: 'runs all hooks at once, those of sidecars too, while what has none is stopped',
      pod: deleted(pod),
      observed,
      steps: ['runPreStop', 'event Killing', 'runPreStop', 'event Killing', 'stop b-0 in 30s', 'wake +30s'],
    },
    {
      title: 'gives the signal what the hook left of the grace',
      pod: deleted(pod),
      observed: [sandbox(), running('side'), running('app')],
      memory: preStopEnded(begun, 'app-0', NOW),
      steps: ['runPreStop', 'event Killing', 'stop app-0 in 26s', 'wake +26s'],
    },
    {
      title: 'calls a hook off when the grace is used up, and still leaves two seconds',
      pod: deleted(pod),
      observed: [sandbox(), running('side'), running('app')],
      memory: stopBegun(late, NOW - 30_000),
      steps: ['event Killing', 'stop app-0 in 2s'],
    },
    {
      title: 'holds a running hook to a grace that was shortened',
      pod: deleted(pod, 5),
      observed: [sandbox(), running('app')],
      memory: begun,
      steps: ['event Killing', 'runPreStop', 'wake +1s'],
    },
    {
      title: 'runs no hook without grace',
      pod: deleted(pod, 0),
      observed: [sandbox(), running('app')],
      steps: ['event Killing', 'stop app-0 in 0s'],
    },
    {
      title: 'runs the hook of a container that a probe has killed',
      pod,
      observed,
      memory: probed(ready(), 'app-0', 'liveness', 'failure'),
      steps: ['event Killing', 'runPreStop', 'wake +30s'],
    },
    {
      title: 'runs no hook of a pod that is unknown',
      pod: undefined,
      observed: [sandbox(), running('app')],
      steps: ['stop app-0 in 2s'],
    },
  ]);
});
