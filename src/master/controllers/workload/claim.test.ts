import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import type { Pod } from '../../../api/types.ts';
import { type Claimant, claim, ownersConcerned } from './claim.ts';
import { controllerReference } from './owner.ts';

const owner: Claimant = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default', uid: 'own' },
  spec: { selector: { matchLabels: { app: 'web' } } },
};
const leaving = { ...owner, metadata: { ...owner.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };

function podOf(uid: string | undefined, options: Parameters<typeof aPod>[0] = {}): Pod {
  const pod = aPod({ labels: { app: 'web' }, ...options });
  if (uid) pod.metadata.ownerReferences = [controllerReference({ ...owner, metadata: { ...owner.metadata, uid } })];
  return pod;
}

describe('claim', () => {
  const cases: [what: string, pod: Pod, expected: string, whenLeaving: string][] = [
    ['a selected pod of its own', podOf('own'), 'owned', 'owned'],
    ['a selected pod of its own on its way out', podOf('own', { deleted: true }), 'owned', 'owned'],
    ['a pod of its own that was relabelled', podOf('own', { labels: {} }), 'release', ''],
    ['a selected pod of nobody', podOf(undefined), 'adopt', ''],
    ['a selected pod of nobody on its way out', podOf(undefined, { deleted: true }), '', ''],
    ['a selected pod of a namesake that was there before', podOf('earlier'), '', ''],
    ['a pod of nobody that is not selected', podOf(undefined, { labels: { app: 'db' } }), '', ''],
  ];
  for (const [what, pod, expected, whenLeaving] of cases) {
    it(`makes of ${what}: ${expected || 'nothing'}; when it is being deleted: ${whenLeaving || 'nothing'}`, () => {
      const found = (by: Claimant) =>
        Object.entries(claim(by, [pod]))
          .filter(([, objects]) => objects.length > 0)
          .map(([name]) => name)
          .join();
      assert.equal(found(owner), expected);
      assert.equal(found(leaving), whenLeaving);
    });
  }
});

describe('ownersConcerned', () => {
  const kind = { kind: 'ReplicaSet' } as Parameters<typeof ownersConcerned>[1];
  const cache = { list: () => [owner] } as unknown as Parameters<typeof ownersConcerned>[0];
  const concerned = ownersConcerned(cache, kind, () => owner);
  const key = { namespace: 'default', name: 'web' };

  it('tells a controller of what it manages and managed', () => {
    assert.deepEqual(concerned(podOf('own', { labels: {} }), undefined), [key]);
    assert.deepEqual(concerned(podOf(undefined, { labels: {} }), podOf('own')), [key]);
  });

  it('tells whoever selects it of what is nobody’s', () => {
    assert.deepEqual(concerned(podOf(undefined), undefined), [key]);
    assert.deepEqual(concerned(podOf(undefined, { labels: { app: 'db' } }), undefined), []);
  });
});
