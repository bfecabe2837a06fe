import { FOLDER_FINALIZER, PROVISIONED_BY, VOLUME_PROTECTION } from '../../../api/kinds/storage/names.ts';
import { folderNode } from '../../../api/kinds/storage/node-of-volume.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/types.ts';
import type { Told } from './plan-claim.ts';

export type VolumeAction =
  | { readonly do: 'updateVolume' | 'setStatus'; readonly volume: PersistentVolume }
  /** Its claim is gone, and its data is to go. */
  | { readonly do: 'deleteVolume' }
  | Told;

/** What a volume is judged by. */
export interface VolumeView {
  /** Of the name that claimRef has. */
  readonly claim: PersistentVolumeClaim | undefined;
  /** The node that has its folder is part of the cluster. */
  readonly hasNode: boolean;
}

/** Decides what state one volume is in, and what becomes of one that was let go of. Source: kube-controller-manager, pv_controller.go. */
export function planVolume(volume: PersistentVolume, view: VolumeView, nowText: string): VolumeAction[] {
  if (volume.metadata.deletionTimestamp) return planDeleted(volume, view);
  const { claimRef } = volume.spec;
  if (!claimRef?.uid) return setPhase(volume, 'Available', nowText);
  const { claim } = view;
  if (claim?.metadata.uid === claimRef.uid) {
    return claim.spec.volumeName === volume.metadata.name ? setPhase(volume, 'Bound', nowText) : [];
  }
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete' || volume.status?.phase === 'Failed') {
    return volume.status?.phase === 'Failed' ? [] : setPhase(volume, 'Released', nowText);
  }
  if (folderNode(volume) !== undefined) return [...setPhase(volume, 'Released', nowText), { do: 'deleteVolume' }];
  // Whoever made it deletes it.
  if (volume.metadata.annotations?.[PROVISIONED_BY]) return setPhase(volume, 'Released', nowText);
  const message = `error getting deleter volume plugin for volume "${volume.metadata.name}": no volume plugin matched`;
  const status = { ...volume.status, phase: 'Failed' as const, message, lastPhaseTransitionTime: nowText };
  return [
    { do: 'setStatus', volume: { ...volume, status } },
    { do: 'tell', type: 'Warning', reason: 'VolumeFailedDelete', message },
  ];
}

/** Protected as long as a claim has it; its folder stays where it is to be kept, and is gone where its node is. */
function planDeleted(volume: PersistentVolume, { hasNode, claim }: VolumeView): VolumeAction[] {
  const { finalizers = [] } = volume.metadata;
  const isHeld = claim !== undefined && claim.metadata.uid === volume.spec.claimRef?.uid;
  const isFolderDue = volume.spec.persistentVolumeReclaimPolicy === 'Delete' && hasNode;
  const left = finalizers.filter(
    (finalizer) =>
      !(finalizer === VOLUME_PROTECTION && !isHeld) && !(finalizer === FOLDER_FINALIZER && !isHeld && !isFolderDue),
  );
  if (left.length === finalizers.length) return [];
  return [{ do: 'updateVolume', volume: { ...volume, metadata: { ...volume.metadata, finalizers: left } } }];
}

function setPhase(
  volume: PersistentVolume,
  phase: 'Available' | 'Bound' | 'Released',
  nowText: string,
): VolumeAction[] {
  if (volume.status?.phase === phase) return [];
  return [{ do: 'setStatus', volume: { ...volume, status: { phase, lastPhaseTransitionTime: nowText } } }];
}
