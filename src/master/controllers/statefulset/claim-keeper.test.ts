import assert from 'node:assert/strict';
import { alreadyExists } from '../../../api/meta/errors.ts';
import type { KubeObject, PersistentVolumeClaim, StatefulSet } from '../../../api/types.ts';
import type { ResourceClient } from '../../resource-client.ts';
import { claimsOf } from './claims.ts';
import { Performer } from './performer.ts';
import { aStatefulSet, podAt } from './test-set.ts';

/** An API with these claims. @returns what is written to it, and told */
function world(set: StatefulSet, claims: readonly PersistentVolumeClaim[]) {
  const done: string[] = [];
  const find = (name: string) => claims.find((claim) => claim.metadata.name === name);
  const client = {
    get: async (kind: { kind: string }, { name }: { name: string }) => (kind.kind === 'StatefulSet' ? set : find(name)),
    create: async (kind: { kind: string; plural: string }, object: KubeObject) => {
      if (find(object.metadata.name)) throw alreadyExists(kind as never, object.metadata.name);
      done.push(`create ${object.metadata.name}`);
      return object;
    },
    update: async (_: unknown, { metadata }: KubeObject) => {
      done.push(`${metadata.name} of ${(metadata.ownerReferences ?? []).map(({ uid }) => uid).join() || 'nobody'}`);
    },
  } as unknown as ResourceClient;
  const events = { record: (_: unknown, { message }: { message: string }) => void done.push(message) };
  return { performer: new Performer({ client, events }), done };
}

describe('the claims that a StatefulSet writes', () => {
  const set = aStatefulSet({ volumeClaimTemplates: [{ metadata: { name: 'data' } }] });
  const pod = podAt(set, 0, 'pending');
  const [claim] = claimsOf(set, 'web-0') as [PersistentVolumeClaim];

  it('come before their pod, which takes one that is there', async () => {
    const empty = world(set, []);
    await empty.performer.perform(set, [{ do: 'create', pod }]);
    assert.deepEqual(empty.done, [
      'create data-web-0',
      'create Claim data-web-0 Pod web-0 in StatefulSet web success',
      'create web-0',
      'create Pod web-0 in StatefulSet web successful',
    ]);
    const full = world(set, [claim]);
    await full.performer.perform(set, [{ do: 'create', pod }]);
    assert.deepEqual(full.done, ['create web-0', 'create Pod web-0 in StatefulSet web successful']);
  });

  it('hold a pod back while one of that name is on its way out', async () => {
    const leaving = { ...claim, metadata: { ...claim.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
    const { performer, done } = world(set, [leaving]);
    await assert.rejects(performer.perform(set, [{ do: 'create', pod }]), /^Error: pvc data-web-0 is being deleted$/);
    assert.deepEqual(done, ['create Pod web-0 in StatefulSet web failed error: pvc data-web-0 is being deleted']);
  });

  it('are made anew for a pod that is there', async () => {
    const { performer, done } = world(set, []);
    await performer.perform(set, [{ do: 'createClaim', pod, claim }]);
    assert.deepEqual(done, ['create data-web-0', 'create Claim data-web-0 Pod web-0 in StatefulSet web success']);
  });

  it('change hands before a pod is made', async () => {
    const { performer, done } = world(set, [claim]);
    const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'other' };
    const own = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'own' };
    const shared = { ...claim, metadata: { ...claim.metadata, ownerReferences: [other, own] } };
    await performer.perform(set, [
      { do: 'create', pod },
      { do: 'adoptClaim', claim },
      { do: 'releaseClaim', claim: shared },
    ]);
    assert.deepEqual(done.slice(0, 3), ['data-web-0 of own', 'data-web-0 of other', 'create web-0']);
  });
});
