import assert from 'node:assert/strict';
import type { Pod } from '../../src/api/types.ts';
import { podOf } from './shapes.ts';
import { violations } from './verdict.ts';
import type { World } from './world.ts';

function running(name: string, changes: Partial<NonNullable<Pod['status']>> = {}): Pod {
  const pod = podOf(name, 'plain');
  const main = { name: 'main', ready: true, restartCount: 0, image: '', imageID: '' };
  const status: Pod['status'] = { phase: 'Running', podIP: '10.0.0.2', containerStatuses: [main], ...changes };
  return { ...pod, metadata: { ...pod.metadata, uid: `uid-${name}` }, status };
}

function world(changes: Partial<World> = {}): World {
  const of = (container: string) => ({
    id: `${container}-a`,
    podUid: 'uid-a',
    podName: 'a',
    container,
    isRunning: true,
  });
  return {
    pods: [running('a')],
    containers: [of('POD'), of('main')],
    endpoints: ['POD-a'],
    bridgePorts: ['veth1'],
    mounts: ['uid-a'],
    folders: ['uid-a'],
    addresses: ['uid-a'],
    ...changes,
  };
}

const ghost = { id: '0123456789abcdef', podUid: 'uid-x', podName: 'x', container: 'main', isRunning: false };

describe('the verdict of chaos', () => {
  it('finds nothing where everything is as wanted', () => {
    assert.deepEqual(violations(new Set(['a']), world()), []);
  });

  const cases: [string, Partial<World>, string][] = [
    [
      'a pod that lacks',
      { pods: [], containers: [], endpoints: [], bridgePorts: [], mounts: [], folders: [], addresses: [] },
      'pod a is wanted and not in the API',
    ],
    ['a pod that does not run', { pods: [running('a', { phase: 'Pending' })] }, 'pod a is Pending, not Running'],
    [
      'a container of no pod',
      { containers: [...world().containers, ghost] },
      'orphan container main of x (0123456789ab)',
    ],
    [
      'a second sandbox',
      { containers: [...world().containers, { ...ghost, podUid: 'uid-a', container: 'POD', isRunning: true }] },
      'pod a: 2 running POD, not 1',
    ],
    [
      'an endpoint of no container',
      { endpoints: ['POD-a', 'gone'], bridgePorts: ['1', '2'] },
      'network endpoint of no container: gone',
    ],
    ['a link of no endpoint', { bridgePorts: ['1', '2'] }, '2 links on the bridge for 1 endpoints'],
    ['a mount of no pod', { mounts: ['uid-x'] }, 'mount of no pod: uid-x'],
    ['an address of no pod', { addresses: ['uid-a', 'uid-x'] }, 'address of no pod: uid-x'],
  ];
  for (const [title, changes, sentence] of cases) {
    it(`finds ${title}`, () => assert.deepEqual(violations(new Set(['a']), world(changes)), [sentence]));
  }

  it('finds two pods with one address', () => {
    const found = violations(new Set(['a', 'b']), world({ pods: [running('a'), running('b')] }));
    assert.ok(found.includes('address 10.0.0.2 of several pods: a, b'));
  });
});
