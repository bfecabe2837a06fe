import assert from 'node:assert/strict';
import type { Pod } from '../../../api/types.ts';
import {
  freshMemory,
  imageAbsent,
  imageFailed,
  imageReady,
  networkAttached,
  type PodMemory,
  sandboxFailed,
  startFailed,
  volumesFailed,
  volumesReady,
} from '../pod-memory.ts';
import { aContainer, aPod, exited, NOW, observedContainer, running, sandbox } from '../test-builders.ts';
import { plan } from './plan.ts';
import { brief, failure, IMAGE, ready, table } from './plan-cases.ts';

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

describe('plan while the node has no pod network', () => {
  const early = (pod: Pod, memory: PodMemory) =>
    plan({ pod, observed: [], memory, now: NOW, isNetworkReady: false }).map(brief);

  it('waits in silence at first', () => assert.deepEqual(early(aPod(), freshMemory(NOW)), ['wake +1s']));

  it('says so when that takes long', () =>
    assert.deepEqual(early(aPod(), freshMemory(NOW - 5000)), ['event NetworkNotReady', 'wake +1s']));

  it('starts pods that use the node network', () =>
    assert.deepEqual(early(aPod({ hostNetwork: true }), freshMemory(NOW)), ['setUpVolumes', 'sandbox#0']));
});
