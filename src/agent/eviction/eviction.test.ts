import assert from 'node:assert/strict';
import type { Pod } from '../../api/types.ts';
import { aContainer, aPod } from '../pods/test-builders.ts';
import { refusal } from './admission.ts';
import { judge, NO_PRESSURE } from './judge.ts';
import { exceededLimit, hasStorageLimits } from './limits.ts';
import { evictionMessage } from './messages.ts';
import { type Candidate, podRequest } from './pod-usage.ts';
import { rank } from './rank.ts';
import type { Observations, PressureType, Signal, StarvedResource } from './signals.ts';
import { DEFAULT_HARD, isAnyNear, parseSoftThresholds, parseThresholds, thresholdsMet } from './thresholds.ts';

const MI = 1024 ** 2;
const GI = 1024 ** 3;
const ROOMY: readonly (readonly [Signal, number, number])[] = [
  ['memory.available', GI, 4 * GI],
  ['nodefs.available', 50, 100],
  ['nodefs.inodesFree', 50, 100],
  ['pid.available', 30_000, 32_768],
];

/** A node with room, but for what is given as signal, available, capacity. */
function seen(...changes: (readonly [Signal, number, number])[]): Observations {
  return new Map([...ROOMY, ...changes].map(([signal, available, capacity]) => [signal, { available, capacity }]));
}

describe('eviction thresholds', () => {
  const cases: [string, Observations, Signal[]][] = [
    ['are not met on a node with room', seen(), []],
    ['count memory under 100Mi', seen(['memory.available', 100 * MI - 1, 4 * GI]), ['memory.available']],
    ['are not met by exactly as much', seen(['memory.available', 100 * MI, 4 * GI]), []],
    ['count a disk under a tenth', seen(['nodefs.available', 9, 100]), ['nodefs.available']],
    ['count inodes under a twentieth', seen(['nodefs.inodesFree', 4, 100]), ['nodefs.inodesFree']],
    ['do not count inodes that a file system has no limit of', seen(['nodefs.inodesFree', 0, 0]), []],
    ['count the disk of images under 15 %', seen(['imagefs.available', 14, 100]), ['imagefs.available']],
    ['count process ids under a twentieth', seen(['pid.available', 1600, 32_768]), ['pid.available']],
  ];
  for (const [title, observed, expected] of cases) {
    it(title, () => {
      const met = thresholdsMet(parseThresholds(DEFAULT_HARD), observed);
      assert.deepEqual(
        met.map(({ signal }) => signal),
        expected,
      );
    });
  }

  it('leave off what is not named, and what is 0% or 100%', () => {
    assert.deepEqual(parseThresholds('memory.available<0%,nodefs.available<100%'), []);
    assert.deepEqual(parseThresholds('memory.available<1.5Gi'), [
      { signal: 'memory.available', value: { amount: 1.5 * GI }, graceMs: 0 },
    ]);
  });

  for (const text of [
    'memory<1Gi',
    'memory.available',
    'memory.available<-1',
    'nodefs.available<x%',
    'pid.available<',
  ]) {
    it(`refuse ${text}`, () => assert.throws(() => parseThresholds(text), RangeError));
  }

  it('refuse a signal named twice, and a soft one without grace', () => {
    assert.throws(() => parseThresholds('pid.available<5%,pid.available<6%'), /duplicate/);
    assert.throws(() => parseSoftThresholds('pid.available<5%', ''), /grace period must be specified/);
    assert.equal(parseSoftThresholds('pid.available<5%', 'pid.available=1m30s')[0]?.graceMs, 90_000);
  });

  it('are watched closely from twice the amount on', () => {
    const thresholds = parseThresholds('memory.available<100Mi');
    assert.equal(isAnyNear(thresholds, seen(['memory.available', 199 * MI, GI])), true);
    assert.equal(isAnyNear(thresholds, seen(['memory.available', 201 * MI, GI])), false);
  });
});

describe('the judgement of a look', () => {
  const thresholds = [
    ...parseThresholds('memory.available<100Mi,nodefs.available<10%'),
    ...parseSoftThresholds('memory.available<300Mi', 'memory.available=30s'),
  ];
  const low = seen(['memory.available', 50 * MI, GI]);
  const softlyLow = seen(['memory.available', 250 * MI, GI]);
  const look = (state: typeof NO_PRESSURE, observed: Observations, now: number) =>
    judge(state, observed, { thresholds, transitionMs: 30_000, now });

  it('acts on a hard threshold at once and says so in a condition', () => {
    const { pressures, due } = look(NO_PRESSURE, low, 0);
    assert.deepEqual(pressures, ['MemoryPressure']);
    assert.deepEqual(
      due.map(({ graceMs }) => graceMs),
      [0],
    );
  });

  it('keeps a condition for the transition period after it was last seen', () => {
    const first = look(NO_PRESSURE, low, 1000);
    const second = look(first.state, seen(), 30_999);
    assert.deepEqual(second.pressures, ['MemoryPressure']);
    assert.deepEqual(second.due, []);
    assert.deepEqual(look(second.state, seen(), 31_000).pressures, []);
  });

  it('acts on a soft threshold only after its grace without a break', () => {
    const first = look(NO_PRESSURE, softlyLow, 0);
    assert.deepEqual([first.pressures, first.due.length], [['MemoryPressure'], 0]);
    assert.equal(look(first.state, softlyLow, 30_000).due.length, 1);
    const broken = look(look(first.state, seen(), 10_000).state, softlyLow, 20_000);
    assert.equal(look(broken.state, softlyLow, 30_000).due.length, 0);
  });

  it('takes memory before the disk', () => {
    const { due } = look(NO_PRESSURE, seen(['nodefs.available', 1, 100], ['memory.available', MI, GI]), 0);
    assert.deepEqual(
      due.map(({ signal }) => signal),
      ['memory.available', 'nodefs.available'],
    );
  });
});

interface Use {
  readonly memory?: number;
  readonly disk?: number;
  readonly pids?: number;
  readonly request?: string;
  readonly priority?: number;
}

function candidate(name: string, { memory, disk, pids, request, priority = 0 }: Use): Candidate {
  const resources = request ? { requests: { memory: request, 'ephemeral-storage': request } } : {};
  const pod = aPod({ priority, containers: [aContainer('app', { resources })] }, { name });
  const container = { name: 'app', memoryBytes: memory, diskBytes: disk, processes: pids };
  return { pod, usage: { containers: [container], volumes: [] } };
}

describe('the order of eviction', () => {
  const cases: [string, StarvedResource, Record<string, Use>, string[]][] = [
    [
      'begins with those over their request, however small',
      'memory',
      { within: { memory: 900 * MI, request: '1Gi' }, over: { memory: MI } },
      ['over', 'within'],
    ],
    [
      'then takes the lower priority',
      'memory',
      { high: { memory: 9 * MI, priority: 100 }, low: { memory: MI, priority: -5 }, usual: { memory: 5 * MI } },
      ['low', 'usual', 'high'],
    ],
    [
      'then what is used beyond the request',
      'memory',
      { large: { memory: 600 * MI, request: '500Mi' }, small: { memory: 200 * MI } },
      ['small', 'large'],
    ],
    ['leaves critical pods alone', 'memory', { critical: { memory: GI, priority: 2_000_000_000 }, pod: {} }, ['pod']],
    ['is by disk for the disk', 'ephemeral-storage', { a: { disk: 1, memory: GI }, b: { disk: 2 } }, ['b', 'a']],
    [
      'is by priority, then by number for processes',
      'pids',
      { few: { pids: 1 }, many: { pids: 90, request: '1Gi' }, low: { pids: 2, priority: -1 } },
      ['low', 'many', 'few'],
    ],
  ];
  for (const [title, resource, pods, expected] of cases) {
    it(title, () => {
      const candidates = Object.entries(pods).map(([name, use]) => candidate(name, use));
      assert.deepEqual(
        rank(candidates, resource).map(({ pod }) => pod.metadata.name),
        expected,
      );
    });
  }

  it('puts a pod that could not be measured first', () => {
    const unmeasured = { ...candidate('lost', {}), usage: undefined };
    assert.equal(rank([candidate('big', { memory: GI }), unmeasured], 'memory')[0]?.pod.metadata.name, 'lost');
  });

  it('counts sidecars and the largest init container as a request', () => {
    const ask = (memory: string, restartPolicy?: 'Always') =>
      aContainer('x', { resources: { requests: { memory } }, ...(restartPolicy ? { restartPolicy } : {}) });
    const initContainers = [ask('100', 'Always'), ask('500')];
    assert.equal(podRequest(aPod({ initContainers, containers: [ask('300')] }), 'memory'), 600);
    assert.equal(podRequest(aPod({ initContainers, containers: [ask('900')] }), 'memory'), 1000);
  });
});

describe('the words of an eviction', () => {
  const [threshold] = parseThresholds('memory.available<100Mi');

  it('name the threshold and the containers that use more than they asked for', () => {
    assert.ok(threshold);
    const observed = seen(['memory.available', 98_312 * 1024, GI]);
    assert.equal(
      evictionMessage(candidate('web', { memory: 300 * MI, request: '200Mi' }), threshold, observed),
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 98312Ki. ' +
        'Container app was using 300Mi, request is 200Mi, has larger consumption of memory. ',
    );
    assert.equal(
      evictionMessage(candidate('web', { memory: 100 * MI, request: '200Mi' }), threshold, observed),
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 98312Ki. ',
    );
  });

  it('write no request as 0', () => {
    assert.ok(threshold);
    assert.match(evictionMessage(candidate('web', { memory: MI }), threshold, seen()), /using 1Mi, request is 0, has/);
  });
});

describe('limits of local storage', () => {
  const resources = { limits: { 'ephemeral-storage': '1Mi' } };
  const volume = { name: 'scratch', emptyDir: { sizeLimit: '2Mi' } };
  const other = aContainer('other', { resources: { limits: { 'ephemeral-storage': '9Mi' } } });
  const app = aContainer('app', { resources });
  const cases: [string, Pod, number, number, string | undefined][] = [
    ['hold while they are kept', aPod({ containers: [app], volumes: [volume] }), MI, 0, undefined],
    [
      'hold for a volume',
      aPod({ volumes: [volume] }),
      0,
      3 * MI,
      'Usage of EmptyDir volume "scratch" exceeds the limit "2Mi". ',
    ],
    [
      'hold for a pod, its volumes with it',
      aPod({ containers: [app] }),
      MI,
      1,
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ',
    ],
    [
      'hold for each container',
      aPod({ containers: [app, other] }),
      2 * MI,
      0,
      'Container app exceeded its local ephemeral storage limit "1Mi". ',
    ],
  ];
  for (const [title, pod, layer, inVolume, expected] of cases) {
    it(title, () => {
      const containers = [{ name: 'app', diskBytes: layer }];
      const volumes = [{ name: 'scratch', diskBytes: inVolume, inodes: 0 }];
      assert.equal(exceededLimit(pod, { containers, volumes }), expected);
      assert.equal(hasStorageLimits(pod), true);
    });
  }

  it('need no measuring where there are none, or where a tmpfs holds them', () => {
    assert.equal(hasStorageLimits(aPod({ volumes: [{ name: 'a', emptyDir: {} }] })), false);
    assert.equal(
      hasStorageLimits(aPod({ volumes: [{ name: 'a', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }] })),
      false,
    );
  });
});

describe('a node under pressure', () => {
  const plain = aPod({}, {}, { qosClass: 'BestEffort' });
  const burstable = aPod({}, {}, { qosClass: 'Burstable' });
  const tolerant = aPod({ tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists' }] });
  const critical = aPod({ priority: 2_000_001_000 });
  const cases: [string, Pod, PressureType[], string | undefined][] = [
    ['takes all when there is none', plain, [], undefined],
    [
      'takes no BestEffort pod when memory is low',
      plain,
      ['MemoryPressure'],
      'The node had condition: [MemoryPressure]. ',
    ],
    ['takes others then', burstable, ['MemoryPressure'], undefined],
    ['takes those that tolerate it', tolerant, ['MemoryPressure'], undefined],
    ['takes none when the disk is low', burstable, ['DiskPressure'], 'The node had condition: [DiskPressure]. '],
    ['takes critical pods always', critical, ['DiskPressure'], undefined],
  ];
  for (const [title, pod, pressures, expected] of cases)
    it(title, () => assert.equal(refusal(pod, pressures), expected));
});
