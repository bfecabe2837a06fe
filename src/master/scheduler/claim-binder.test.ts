import assert from 'node:assert/strict';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { SELECTED_NODE } from '../../api/kinds/storage/names.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';
import { ClaimBinder } from './claim-binder.ts';
import { TestApi } from './test-api.ts';
import { aClassOf, aFreeVolume, aNamedNode, anOpenClaim, aPodWithClaims, bound } from './test-storage.ts';
import { PromisedStorage } from './volumes/promised-storage.ts';

const A = aNamedNode('a');

function world(claims: readonly PersistentVolumeClaim[], volumes: readonly PersistentVolume[] = []) {
  const api = new TestApi();
  const clock = new ManualClock();
  for (const object of [...claims, ...volumes]) api.put(object);
  const storage = new PromisedStorage({
    claim: (namespace, name) => api.cache.get(PERSISTENT_VOLUME_CLAIM, { namespace, name }),
    storageClass: aClassOf,
    volumes: () => api.cache.list(PERSISTENT_VOLUME),
  });
  const binder = new ClaimBinder({ ...api, clock }, storage);
  const volume = (name: string) => api.cache.get(PERSISTENT_VOLUME, { namespace: '', name });
  const claim = (name: string) => api.cache.get(PERSISTENT_VOLUME_CLAIM, { namespace: 'default', name });
  return { api, clock, storage, binder, volume, claim };
}

describe('the claims of a pod that has a node', () => {
  const pod = aPodWithClaims('p', 'x');

  it('are given the free volumes that were found, and no node', async () => {
    const { api, binder, storage, volume, claim } = world([anOpenClaim('x')], [aFreeVolume('v')]);
    binder.promise(pod, A);
    const done = binder.bind(pod);
    assert.equal(volume('v')?.spec.claimRef?.uid, 'uid-of-x');
    assert.equal(claim('x')?.metadata.annotations?.[SELECTED_NODE], undefined);
    api.put(bound(anOpenClaim('x'), 'v'));
    await done;
    assert.equal(storage.volumes()[0], volume('v'));
  });

  it('are told the node where their volumes are to be made', async () => {
    const { api, binder, claim } = world([anOpenClaim('x', { className: 'made' })]);
    binder.promise(pod, A);
    const done = binder.bind(pod);
    assert.equal(claim('x')?.metadata.annotations?.[SELECTED_NODE], 'a');
    api.put(aFreeVolume('v'));
    api.put(bound(anOpenClaim('x'), 'v'));
    await done;
  });

  it('get nothing when somebody else was faster, and leave nothing behind', async () => {
    const { api, binder, storage, volume, claim } = world([anOpenClaim('x')], [aFreeVolume('v')]);
    binder.promise(pod, A);
    api.put({ ...aFreeVolume('v'), metadata: { ...aFreeVolume('v').metadata, labels: { changed: 'yes' } } });
    await assert.rejects(
      binder.bind(pod),
      /^Error: running PreBind plugin "VolumeBinding": Operation cannot be fulfilled/,
    );
    assert.equal(claim('x')?.metadata.annotations?.[SELECTED_NODE], undefined);
    assert.equal(storage.volumes()[0], volume('v'));
  });

  it('are waited for no longer than 30 s', async () => {
    const { clock, binder } = world([anOpenClaim('x', { className: 'made' })]);
    binder.promise(pod, A);
    const done = binder.bind(pod);
    await Promise.resolve();
    clock.advance(30_000);
    await assert.rejects(done, /binding volumes: timed out waiting for the condition/);
  });

  it('do not do when their volume turns out to be elsewhere', async () => {
    const { api, binder } = world([anOpenClaim('x', { className: 'made' })]);
    binder.promise(pod, A);
    const done = binder.bind(pod);
    api.put(aFreeVolume('v', { node: 'b' }));
    api.put(bound(anOpenClaim('x'), 'v'));
    await assert.rejects(done, /pv "v" node affinity doesn't match node "a"/);
  });
});
