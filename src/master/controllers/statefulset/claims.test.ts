import assert from 'node:assert/strict';
import type { OwnerReference, PersistentVolumeClaim, StatefulSet } from '../../../api/types.ts';
import { claimsOf, claimTransfers, isClaimOf, missingClaims } from './claims.ts';
import { aStatefulSet } from './test-set.ts';

type Policy = 'Delete' | 'Retain';

function aSet(whenDeleted: Policy): StatefulSet {
  const volumeClaimTemplates = [{ metadata: { name: 'data' } }, { metadata: { name: 'log' } }];
  return aStatefulSet({ volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: { whenDeleted } });
}

const OWN: OwnerReference = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'own' };
const OTHER: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'other' };

function aClaim(name: string, ...ownerReferences: OwnerReference[]): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', ownerReferences },
    spec: {},
  };
}

describe('the claims of a StatefulSet', () => {
  it('are owned by the set from the start where they are to go with it', () => {
    assert.deepEqual(
      claimsOf(aSet('Delete'), 'web-0').map(({ metadata }) => [metadata.name, metadata.ownerReferences]),
      ['data-web-0', 'log-web-0'].map((name) => [name, [{ ...OWN, controller: true, blockOwnerDeletion: true }]]),
    );
    assert.equal(claimsOf(aSet('Retain'), 'web-0')[0]?.metadata.ownerReferences, undefined);
  });

  it('are known by their names', () => {
    const names = ['data-web-0', 'log-web-12', 'tmp-web-0', 'data-web', 'data-web-01', 'data-web-0-1', 'web-0'];
    assert.deepEqual(
      names.filter((name) => isClaimOf(aSet('Retain'), aClaim(name))),
      ['data-web-0', 'log-web-12'],
    );
  });

  it('are missing when no claim has the name, not when one is on its way out', () => {
    const leaving = aClaim('data-web-0');
    leaving.metadata.deletionTimestamp = '2030-01-01T00:00:00Z';
    const missing = missingClaims(aSet('Retain'), 'web-0', [leaving, aClaim('log-web-1')]);
    assert.deepEqual(
      missing.map(({ metadata }) => metadata.name),
      ['log-web-0'],
    );
  });

  const manager = { ...OTHER, controller: true };
  const forerunner = { ...OWN, uid: 'of-the-set-before' };
  const cases: [title: string, whenDeleted: Policy, claim: PersistentVolumeClaim, done: string | undefined][] = [
    ['are kept once the set says so', 'Retain', aClaim('data-web-0', OWN), 'releaseClaim'],
    ['are kept even of a pod that was scaled away', 'Retain', aClaim('data-web-7', OWN), 'releaseClaim'],
    ['are let go by the set alone', 'Retain', aClaim('data-web-0', OTHER, OWN), 'releaseClaim'],
    ['are left alone where nobody owns them', 'Retain', aClaim('data-web-0', OTHER), undefined],
    ['go with the set once it says so', 'Delete', aClaim('data-web-0'), 'adoptClaim'],
    ['go with the set beside another owner', 'Delete', aClaim('log-web-1', OTHER), 'adoptClaim'],
    ['stay with the set', 'Delete', aClaim('data-web-0', OWN), undefined],
    ['stay with the set when their pod was scaled away', 'Delete', aClaim('data-web-7', OWN), undefined],
    ['are not taken when their pod was scaled away before', 'Delete', aClaim('data-web-7'), undefined],
    ['are not taken from who manages them', 'Delete', aClaim('data-web-0', manager), undefined],
    ['are given up to who manages them', 'Delete', aClaim('data-web-0', manager, OWN), 'releaseClaim'],
    ['of a namesake that is gone are the garbage collector’s', 'Delete', aClaim('data-web-0', forerunner), undefined],
    ['are no others than those', 'Delete', aClaim('backup-web-0'), undefined],
    ['are no others than those, whoever put the set there', 'Retain', aClaim('backup-web-0', OWN), undefined],
  ];
  for (const [title, whenDeleted, claim, done] of cases) {
    it(title, () => {
      const [transfer] = claimTransfers(aSet(whenDeleted), ['web-0', 'web-1'], [claim]);
      assert.equal(transfer?.do, done);
    });
  }
});
