import assert from 'node:assert/strict';
import type { Pod } from '../../api/types.ts';
import { fenceOf, mustNotRunTwice, toleratedMs } from './fence.ts';
import { plan } from './plan/plan.ts';
import { freshMemory } from './pod-memory.ts';
import { podStatus } from './status/status.ts';
import { aPod, deleted, exited, NOW, running, sandbox } from './test-builders.ts';

type Tolerations = NonNullable<Pod['spec']['tolerations']>;

const UNREACHABLE = 'node.kubernetes.io/unreachable';
const owner = (kind: string, controller = true) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'o', uid: 'o', controller }],
});
const tolerating = (tolerationSeconds?: number): Tolerations => [
  {
    key: UNREACHABLE,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  },
];
const silentFor = (silenceMs: number) => ({ silenceMs, graceMs: 8_000 });
const member = (tolerations: Tolerations = tolerating(10)) => aPod({ tolerations }, owner('StatefulSet'));

describe('a pod that must not run twice', () => {
  const volume = (source: object) => aPod({ volumes: [{ name: 'v', ...source }] });
  const cases: [title: string, pod: Pod, expected: boolean][] = [
    ['is one of a StatefulSet', aPod({}, owner('StatefulSet')), true],
    ['is one that holds a claim', volume({ persistentVolumeClaim: { claimName: 'c' } }), true],
    ['is none of a ReplicaSet', aPod({}, owner('ReplicaSet')), false],
    ['is none that a StatefulSet merely owns', aPod({}, owner('StatefulSet', false)), false],
    ['is none with a folder of the node', volume({ hostPath: { path: '/srv' } }), false],
    ['is none that stands alone', aPod(), false],
  ];
  for (const [title, pod, expected] of cases) it(title, () => assert.equal(mustNotRunTwice(pod), expected));
});

describe('the time that a pod tolerates an unreachable node', () => {
  const other: Tolerations = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }];
  const cases: [title: string, tolerations: Tolerations, expected: number | undefined][] = [
    ['is what its toleration says', tolerating(300), 300_000],
    ['is endless without seconds', tolerating(), undefined],
    ['is the shortest of several', [...tolerating(300), ...tolerating(20), ...tolerating()], 20_000],
    ['is nothing without a toleration', other, 0],
    ['is nothing with one of another effect', [{ key: UNREACHABLE, operator: 'Exists', effect: 'NoSchedule' }], 0],
    ['is that of one for every taint', [{ operator: 'Exists', tolerationSeconds: 5 }], 5_000],
    ['is never less than nothing', tolerating(-1), 0],
  ];
  for (const [title, tolerations, expected] of cases) {
    it(title, () => assert.equal(toleratedMs(aPod({ tolerations })), expected));
  }
});

describe('the fence around a pod', () => {
  it('is down while the master is there, and for a pod that may run twice', () => {
    const down = { isFenced: false, inMs: undefined };
    assert.deepEqual(fenceOf(member(), silentFor(0)), down);
    assert.deepEqual(fenceOf(aPod({ tolerations: tolerating(10) }, owner('ReplicaSet')), silentFor(1e9)), down);
    assert.deepEqual(fenceOf(member(tolerating()), silentFor(Number.POSITIVE_INFINITY)), down);
  });

  it('goes up when the master may evict, to the millisecond', () => {
    assert.deepEqual(fenceOf(member(), silentFor(17_999)), { isFenced: false, inMs: 1 });
    assert.deepEqual(fenceOf(member(), silentFor(18_000)), { isFenced: true, inMs: undefined });
  });

  it('is up when nobody knows how long the silence is', () => {
    assert.equal(fenceOf(member(tolerating(86_400)), silentFor(Number.POSITIVE_INFINITY)).isFenced, true);
  });
});

describe('the plan for a fenced pod', () => {
  const memory = freshMemory(NOW - 60_000);
  const planFor = (pod: Pod, observed: Parameters<typeof plan>[0]['observed'], silenceMs: number) =>
    plan({ pod, observed, memory, now: NOW, isNetworkReady: true, fence: fenceOf(pod, silentFor(silenceMs)) });
  const up = [sandbox(), running('app')];
  const kinds = (steps: ReturnType<typeof plan>) => steps.map((step) => step.do);

  it('looks again when it would be fenced', () => {
    assert.ok(planFor(member(), up, 4_000).some((step) => step.do === 'wakeAt' && step.at === NOW + 14_000));
  });

  it('tells so and stops its containers with their grace', () => {
    const steps = planFor(member(), up, 18_000);
    assert.deepEqual(kinds(steps), ['recordEvent', 'recordEvent', 'stopContainer']);
    const [told] = steps;
    assert.ok(told?.do === 'recordEvent' && told.event.reason === 'Fenced' && told.event.type === 'Warning');
    assert.ok(steps.some((step) => step.do === 'stopContainer' && step.graceSeconds === 30));
  });

  it('starts nothing: not after a boot either', () => {
    assert.deepEqual(kinds(planFor(member(), [sandbox(), exited('app', 137)], 18_000)), ['recordEvent']);
    assert.deepEqual(kinds(planFor(member(), [], Number.POSITIVE_INFINITY)), ['recordEvent']);
  });

  it('starts it again when the master is back and still wants it', () => {
    assert.ok(kinds(planFor(member(), [sandbox(), exited('app', 143)], 0)).includes('inspectImage'));
  });

  it('takes it away, and says so, when it was deleted', () => {
    const steps = kinds(planFor(deleted(member()), [sandbox(), exited('app', 143)], Number.POSITIVE_INFINITY));
    assert.deepEqual(steps, ['removeContainer', 'removeContainer', 'tearDown', 'reportGone']);
  });

  it('shows in its status why it does not run', () => {
    const observed = [sandbox(), exited('app', 143)];
    const common = { pod: member(), observed, memory, now: NOW, previous: {}, nodeIp: '' };
    const status = podStatus({ ...common, isFenced: true });
    assert.equal(status.reason, 'Fenced');
    assert.match(status.message ?? '', /cut off from the master for longer than the pod tolerates \(10s\)/);
    assert.equal(podStatus({ ...common, isFenced: false }).reason, undefined);
  });
});
