import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../../api/types.ts';
import { claimsOf } from './claims.ts';
import { plan } from './plan.ts';
import { revisionsOf } from './revisions.ts';
import { aStatefulSet, type Condition, inCondition, NOW, podAt, texts } from './test-set.ts';

function decide(set: StatefulSet, pods: readonly Pod[], claims: readonly PersistentVolumeClaim[] = []): string[] {
  return texts(plan(set, { pods, claims, revisions: revisionsOf(set, []) }, NOW));
}

/** One letter a pod, from the first ordinal on: Ready, Unready, Pending, Terminating, Failed, Succeeded; `-` is none; small: outdated. */
function podsOf(set: StatefulSet, letters: string): Pod[] {
  const conditions: Record<string, Condition> = {
    ...{ R: 'ready', U: 'unready', P: 'pending', T: 'terminating', F: 'failed', S: 'succeeded' },
  };
  return Array.from(letters).flatMap((letter, index) => {
    const condition = conditions[letter.toUpperCase()];
    const ordinal = (set.spec.ordinals?.start ?? 0) + index;
    if (!condition) return [];
    return letter === letter.toUpperCase() ? podAt(set, ordinal, condition) : podAt(set, ordinal, condition, 'web-old');
  });
}

const parallel = { podManagementPolicy: 'Parallel' };
const rolling = (rollingUpdate: object) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });

describe('the plan of a StatefulSet', () => {
  const cases: [title: string, spec: object, pods: string, actions: string[]][] = [
    ['creates the first pod alone', { replicas: 3 }, '', ['create web-0']],
    ['creates the next one once the one before is ready', { replicas: 3 }, 'R', ['create web-1']],
    ['waits for one that is pending', { replicas: 3 }, 'P', []],
    ['waits for one that is not ready', { replicas: 3 }, 'RU', []],
    ['fills a gap before it goes on', { replicas: 3 }, '-R', ['create web-0']],
    ['is content with what it wants', { replicas: 2 }, 'RR', []],
    ['creates no ordinal twice while its pod is on its way out', { replicas: 2 }, 'TR', []],
    ['counts from the ordinal that it is told', { replicas: 2, ordinals: { start: 5 } }, 'R', ['create web-6']],
    ['deletes a failed pod, to create it anew', { replicas: 2 }, 'RF', ['delete web-1']],
    ['deletes a pod that succeeded, too', { replicas: 2 }, 'SR', ['delete web-0']],
    ['creates all at once when that is allowed', { replicas: 3, ...parallel }, 'U', ['create web-1', 'create web-2']],
    ['deletes the highest of the surplus', { replicas: 1 }, 'RRR', ['delete web-2']],
    ['waits until the highest is gone', { replicas: 1 }, 'RRT', []],
    ['takes nothing away while a pod that stays is not ready', { replicas: 1 }, 'URR', []],
    ['waits for the highest to be ready when a lower one is not, either', { replicas: 1 }, 'RUU', []],
    ['deletes the highest when it is the only one that is not ready', { replicas: 1 }, 'RRU', ['delete web-2']],
    ['deletes the highest when it has ended', { replicas: 1 }, 'RUF', ['delete web-2']],
    [
      'deletes the surplus at once when that is allowed',
      { replicas: 1, ...parallel },
      'URR',
      ['delete web-2', 'delete web-1'],
    ],
    ['scales down to nothing', { replicas: 0 }, 'R', ['delete web-0']],
    ['updates the highest first', { replicas: 3 }, 'rrr', ['delete web-2']],
    ['updates the next one once that is ready', { replicas: 3 }, 'rrR', ['delete web-1']],
    ['waits for the updated one', { replicas: 3 }, 'rrU', []],
    ['waits for a broken pod of the old template as well', { replicas: 3 }, 'rru', []],
    [
      'mends a broken pod by an update when pods are independent',
      { replicas: 3, ...parallel },
      'rru',
      ['delete web-2'],
    ],
    ['updates down to the partition', { replicas: 3, ...rolling({ partition: 2 }) }, 'rrR', []],
    ['updates nothing beyond the last pod', { replicas: 3, ...rolling({ partition: 9 }) }, 'rrr', []],
    ['leaves updates to whoever deletes pods', { replicas: 3, updateStrategy: { type: 'OnDelete' } }, 'rrr', []],
    [
      'updates as many as may be unavailable',
      { replicas: 4, ...rolling({ maxUnavailable: 2 }) },
      'rrrr',
      ['delete web-3', 'delete web-2'],
    ],
    [
      'rounds a percentage up',
      { replicas: 4, ...rolling({ maxUnavailable: '30%' }) },
      'rrrr',
      ['delete web-3', 'delete web-2'],
    ],
    [
      'counts what is unavailable already',
      { replicas: 4, ...parallel, ...rolling({ maxUnavailable: 2 }) },
      'rrrU',
      ['delete web-2'],
    ],
    [
      'replaces what does not serve for nothing',
      { replicas: 4, ...parallel, ...rolling({ maxUnavailable: 1 }) },
      'uurU',
      ['delete web-1', 'delete web-0'],
    ],
  ];
  for (const [title, spec, letters, actions] of cases) {
    it(title, () => {
      const set = aStatefulSet(spec);
      assert.deepEqual(decide(set, podsOf(set, letters)), actions);
    });
  }

  it('waits until a pod is ready for long enough', () => {
    const set = aStatefulSet({ replicas: 2, minReadySeconds: 60 });
    assert.deepEqual(decide(set, [inCondition(podAt(set, 0), 'ready', 30)]), []);
    assert.deepEqual(decide(set, [inCondition(podAt(set, 0), 'ready', 90)]), ['create web-1']);
  });

  it('takes and lets go of pods before all else', () => {
    const set = aStatefulSet({ replicas: 2 });
    const bare = aPod({ name: 'web-0', labels: { app: 'web' } });
    assert.deepEqual(decide(set, [bare]), ['adopt web-0']);
    const relabelled = { ...podAt(set, 1), metadata: { ...podAt(set, 1).metadata, labels: { app: 'debug' } } };
    assert.deepEqual(decide(set, [podAt(set, 0), relabelled]), ['release web-1']);
  });

  it('takes no pod that bears another name', () => {
    const set = aStatefulSet({ replicas: 0 });
    const names = ['web', 'web-x', 'web-01', 'web-1-0', 'other-0'];
    assert.deepEqual(
      decide(
        set,
        names.map((name) => aPod({ name, labels: { app: 'web' } })),
      ),
      [],
    );
  });

  it('gives an adopted pod the labels of its ordinal', () => {
    const set = aStatefulSet({ replicas: 1 });
    const { metadata, ...rest } = podAt(set, 0);
    const pod = { ...rest, metadata: { ...metadata, labels: { app: 'web', 'controller-revision-hash': 'web-x' } } };
    const [action] = plan(set, { pods: [pod], claims: [], revisions: revisionsOf(set, []) }, NOW);
    assert.ok(action?.do === 'update');
    assert.equal(action.pod.metadata.labels?.['statefulset.kubernetes.io/pod-name'], 'web-0');
    assert.equal(action.pod.metadata.labels?.['apps.kubernetes.io/pod-index'], '0');
  });

  it('makes a claim anew that a pending pod waits for, and waits for one that is going', () => {
    const set = aStatefulSet({ replicas: 2, volumeClaimTemplates: [{ metadata: { name: 'data' } }] });
    const pods = podsOf(set, 'RP');
    const [first, second] = ['web-0', 'web-1'].map((name) => claimsOf(set, name)[0] ?? assert.fail());
    assert.ok(first && second);
    assert.deepEqual(decide(set, pods, [first]), ['createClaim data-web-1']);
    assert.deepEqual(decide(set, pods, [first, second]), []);
    const leaving = { ...second, metadata: { ...second.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
    assert.deepEqual(decide(set, pods, [first, leaving]), []);
    // One that runs has its disk.
    assert.deepEqual(decide(set, pods, [second]), []);
    const atOnce = aStatefulSet({ ...set.spec, ...parallel, replicas: 3 });
    assert.deepEqual(decide(atOnce, podsOf(atOnce, 'PP'), []), [
      'createClaim data-web-0',
      'createClaim data-web-1',
      'create web-2',
    ]);
  });

  it('settles whose the claims are before it makes a pod, and while it waits for one', () => {
    const set = aStatefulSet({
      replicas: 2,
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
    });
    const kept = aStatefulSet({ ...set.spec, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' } });
    const claims = ['web-0', 'web-1'].flatMap((name) => claimsOf(kept, name));
    const adopting = ['adoptClaim data-web-0', 'adoptClaim data-web-1'];
    assert.deepEqual(decide(set, [], claims), [...adopting, 'create web-0']);
    assert.deepEqual(decide(set, podsOf(set, 'UU'), claims), adopting);
  });

  it('does nothing once it is being deleted', () => {
    const set = aStatefulSet({ replicas: 1 });
    const leaving = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
    assert.deepEqual(decide(leaving, []), []);
  });
});

describe('the pod of an ordinal', () => {
  it('has its name as hostname, in the domain of the service, and says of what revision it is', () => {
    const set = aStatefulSet({ replicas: 1, ordinals: { start: 3 } });
    const { update } = revisionsOf(set, []);
    const [action] = plan(set, { pods: [], claims: [], revisions: revisionsOf(set, []) }, NOW);
    assert.ok(action?.do === 'create');
    const { metadata, spec } = action.pod;
    assert.deepEqual([metadata.name, spec.hostname, spec.subdomain], ['web-3', 'web-3', 'peers']);
    assert.equal(metadata.generateName, undefined);
    assert.deepEqual(metadata.labels, {
      app: 'web',
      'statefulset.kubernetes.io/pod-name': 'web-3',
      'apps.kubernetes.io/pod-index': '3',
      'controller-revision-hash': update.metadata.name,
    });
  });

  it('has a claim of its own for every claim template, in place of a volume of that name', () => {
    const set = aStatefulSet({ replicas: 1, volumeClaimTemplates: [{ metadata: { name: 'data' } }] });
    set.spec.template.spec.volumes = [
      { name: 'data', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ];
    const [action] = plan(set, { pods: [], claims: [], revisions: revisionsOf(set, []) }, NOW);
    assert.ok(action?.do === 'create');
    assert.deepEqual(action.pod.spec.volumes, [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0', readOnly: false } },
      { name: 'tmp', emptyDir: {} },
    ]);
  });
});
