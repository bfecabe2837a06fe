import { NODE } from '../../../api/kinds/node.ts';
import { PERSISTENT_VOLUME } from '../../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../../api/kinds/persistent-volume-claim.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { claimsOfPod } from '../../../api/kinds/storage/claims-of-pod.ts';
import { SELECTED_NODE } from '../../../api/kinds/storage/names.ts';
import { folderNode } from '../../../api/kinds/storage/node-of-volume.ts';
import { STORAGE_CLASS } from '../../../api/kinds/storage-class.ts';
import { keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { KubeObject, PersistentVolume, PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { type ClaimAction, holdsClaim, planClaim } from './plan-claim.ts';
import { planVolume, type VolumeAction } from './plan-volume.ts';

const COMPONENT = 'persistentvolume-controller';
const clusterKey = (name: string): ObjectKey => ({ namespace: '', name });

/** Finds or makes a volume for every claim, and lets go of claims that nobody mounts. */
export function claimController({ client, cache, events }: ControllerParts): Reconciler {
  const perform = async (claim: PersistentVolumeClaim, action: ClaimAction): Promise<void> => {
    switch (action.do) {
      case 'createVolume':
        return void (await ignoring(['AlreadyExists'], client.create(PERSISTENT_VOLUME, action.volume)));
      case 'updateVolume':
        return void (await client.update(PERSISTENT_VOLUME, action.volume));
      case 'updateClaim':
        return void (await client.update(PERSISTENT_VOLUME_CLAIM, action.claim));
      case 'setStatus':
        return void (await client.update(PERSISTENT_VOLUME_CLAIM, action.claim, { subresource: 'status' }));
      case 'tell':
        return events.record(claim, { ...action, component: COMPONENT });
    }
  };
  const waiting = (isMeant: (claim: PersistentVolumeClaim) => boolean) =>
    cache
      .list(PERSISTENT_VOLUME_CLAIM)
      .filter(({ status }) => status?.phase !== 'Bound')
      .filter(isMeant)
      .map(keyOf);
  return {
    name: 'persistentvolumeclaim-controller',
    watches: [
      { kind: PERSISTENT_VOLUME_CLAIM },
      {
        kind: PERSISTENT_VOLUME,
        keysOf(object) {
          const { metadata, spec } = object as PersistentVolume;
          const { namespace, name } = spec.claimRef ?? {};
          if (namespace && name) return [{ namespace, name }];
          return waiting((claim) => !claim.spec.volumeName || claim.spec.volumeName === metadata.name);
        },
      },
      {
        kind: STORAGE_CLASS,
        keysOf: ({ metadata }) => waiting(({ spec }) => spec.storageClassName === metadata.name),
      },
      {
        kind: POD,
        keysOf: (object) =>
          claimsOfPod(object as Pod).map((name) => ({ namespace: object.metadata.namespace ?? '', name })),
      },
    ],
    async reconcile(key, signal) {
      const claim = cache.get(PERSISTENT_VOLUME_CLAIM, key);
      if (!claim) return undefined;
      const view = {
        volumes: cache.list(PERSISTENT_VOLUME),
        storageClass: cache.get(STORAGE_CLASS, clusterKey(claim.spec.storageClassName ?? '')),
        selectedNode: cache.get(NODE, clusterKey(claim.metadata.annotations?.[SELECTED_NODE] ?? '')),
        isUsed: cache.list(POD, key.namespace).some((pod) => holdsClaim(pod, key.name)),
      };
      for (const action of planClaim(claim, view)) {
        signal.throwIfAborted();
        await perform(claim, action);
      }
      return undefined;
    },
  };
}

/** Says of every volume what state it is in, and deletes what its claim left behind where its policy says so. */
export function volumeController({ client, cache, events, clock }: ControllerParts): Reconciler {
  const perform = async (volume: PersistentVolume, action: VolumeAction): Promise<void> => {
    switch (action.do) {
      case 'updateVolume':
        return void (await client.update(PERSISTENT_VOLUME, action.volume));
      case 'setStatus':
        return void (await client.update(PERSISTENT_VOLUME, action.volume, { subresource: 'status' }));
      case 'deleteVolume':
        return deleteVolume(volume);
      case 'tell':
        return events.record(volume, { ...action, component: COMPONENT });
    }
  };
  /** Data does not come back: what is stored now has the last word. */
  const deleteVolume = async ({ metadata, spec }: PersistentVolume): Promise<void> => {
    const { namespace = '', name = '', uid } = spec.claimRef ?? {};
    const claims = await client.list(PERSISTENT_VOLUME_CLAIM, namespace);
    if (claims.some((claim) => claim.metadata.name === name && claim.metadata.uid === uid)) return;
    const options = { preconditions: { uid: metadata.uid ?? '' } };
    await ignoring(['NotFound', 'Conflict'], client.delete(PERSISTENT_VOLUME, clusterKey(metadata.name), options));
  };
  const volumesWhere = (isMeant: (volume: PersistentVolume) => boolean) =>
    cache.list(PERSISTENT_VOLUME).filter(isMeant).map(keyOf);
  return {
    name: 'persistentvolume-controller',
    watches: [
      { kind: PERSISTENT_VOLUME },
      {
        kind: PERSISTENT_VOLUME_CLAIM,
        keysOf: ({ metadata }: KubeObject) =>
          volumesWhere(
            ({ spec: { claimRef } }) => claimRef?.name === metadata.name && claimRef.namespace === metadata.namespace,
          ),
      },
      {
        kind: NODE,
        keysOf: ({ metadata }) =>
          volumesWhere((volume) => Boolean(volume.metadata.deletionTimestamp) && folderNode(volume) === metadata.name),
      },
    ],
    async reconcile(key, signal) {
      const volume = cache.get(PERSISTENT_VOLUME, key);
      if (!volume) return undefined;
      const { namespace = '', name = '' } = volume.spec.claimRef ?? {};
      const view = {
        claim: cache.get(PERSISTENT_VOLUME_CLAIM, { namespace, name }),
        hasNode: cache.get(NODE, clusterKey(folderNode(volume) ?? '')) !== undefined,
      };
      const nowText = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
      for (const action of planVolume(volume, view, nowText)) {
        signal.throwIfAborted();
        await perform(volume, action);
      }
      return undefined;
    },
  };
}
