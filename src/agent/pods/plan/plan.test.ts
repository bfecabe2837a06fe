import assert from 'node:assert/strict';
import type { Pod } from '../../../api/types.ts';
import {
  attemptKey,
  freshMemory,
  imageAbsent,
  imageFailed,
  imageReady,
  imageUnfit,
  networkAttached,
  type PodMemory,
  sandboxFailed,
  sourcesSeen,
  startFailed,
  volumesFailed,
  volumesReady,
} from '../pod-memory.ts';
import { aContainer, aKey, aPod, exited, NOW, observedContainer, running, sandbox } from '../test-builders.ts';
import { plan } from './plan.ts';
import { brief, failure, IMAGE, ready, table } from './plan-cases.ts';

describe('plan of a pod that starts', () => {
  const restarted = networkAttached(freshMemory(NOW), 'sandbox-0');
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
      memory: imageReady(networkAttached(freshMemory(NOW), 'sandbox-0'), aKey('app'), IMAGE),
      steps: ['setUpVolumes', 'start app#0'],
    },
    {
      title: 'sets up volumes again of a pod that runs after a restart of the agent',
      observed: [sandbox(), running('app')],
      memory: restarted,
      steps: ['setUpVolumes'],
    },
    {
      title: 'updates them from then on',
      observed: [sandbox(), running('app')],
      memory: sourcesSeen(volumesReady(sourcesSeen(restarted, 'one')), 'two'),
      steps: ['refreshVolumes'],
    },
    {
      title: 'holds only starts back while volumes of a pod that runs cannot be set up',
      pod: aPod({ containers: [aContainer('a'), aContainer('b')] }),
      observed: [sandbox(), running('a', { image: 'a:0' }), exited('b', 1)],
      memory: volumesFailed(imageReady(restarted, aKey('b'), IMAGE), failure('FailedMount')),
      steps: ['event Killing', 'stop a-0 in 30s', 'wake +2s'],
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
      memory: startFailed(ready('app'), aKey('app'), failure('CreateContainerError')),
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
  const pullFailed = (agoMs: number) => imageFailed(ready(), aKey('app'), failure('ErrImagePull', agoMs));
  table([
    { title: 'looks on the node first with IfNotPresent', observed: [sandbox()], steps: ['inspect app'] },
    {
      title: 'pulls an image that lacks',
      observed: [sandbox()],
      memory: imageAbsent(ready(), aKey('app')),
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
      memory: imageAbsent(ready(), aKey('app')),
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
    {
      title: 'looks on the node again after the back-off: somebody may have brought the image',
      observed: [sandbox()],
      memory: imageFailed(imageAbsent(ready(), aKey('app')), aKey('app'), failure('ErrImagePull', 10_000)),
      steps: ['inspect app'],
    },
    {
      title: 'pulls again when it still lacks',
      observed: [sandbox()],
      memory: imageAbsent(pullFailed(10_000), aKey('app')),
      steps: ['pull app'],
    },
    {
      title: 'pulls again what was for another platform, however often',
      observed: [sandbox()],
      memory: imageFailed(
        imageUnfit(ready(), aKey('app'), failure('ErrImagePull', 30_000)),
        aKey('app'),
        failure('ErrImagePull', 20_000),
      ),
      steps: ['pull app'],
    },
    {
      title: 'looks for another image at once',
      pod: aPod({ containers: [aContainer('app', { image: 'app:2' })] }),
      observed: [sandbox()],
      memory: pullFailed(4000),
      steps: ['inspect app'],
    },
    {
      title: 'starts no other image than that of the spec',
      pod: aPod({ containers: [aContainer('app', { image: 'app:2' })] }),
      observed: [sandbox()],
      memory: ready('app'),
      steps: ['inspect app'],
    },
    {
      title: 'looks again after ErrImageNeverPull',
      pod: withPolicy('Never'),
      observed: [sandbox()],
      memory: imageFailed(ready(), aKey('app'), failure('ErrImageNeverPull', 10_000)),
      steps: ['inspect app'],
    },
    {
      title: 'waits silently after ErrImageNeverPull',
      pod: withPolicy('Never'),
      observed: [sandbox()],
      memory: imageFailed(ready(), aKey('app'), failure('ErrImageNeverPull', 4000)),
      steps: ['wake +6s'],
    },
    {
      title: 'starts the others while one image lacks',
      pod: aPod({ containers: [aContainer('a'), aContainer('b')] }),
      observed: [sandbox()],
      memory: imageAbsent(ready('b'), aKey('a')),
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
      title: 'waits for no back-off of another image',
      observed: [sandbox(), exited('app', 1, { attempt: 5, backOff: 160, image: 'app:0' })],
      memory: startFailed(ready('app'), attemptKey({ name: 'app', image: 'app:0' }), failure('CreateContainerError')),
      steps: ['start app#6 then 10s'],
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
