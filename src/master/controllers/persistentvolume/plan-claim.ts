import { isDeepStrictEqual } from 'node:util';
import { compareStorage } from '../../../api/kinds/storage/amounts.ts';
import { claimsOfPod } from '../../../api/kinds/storage/claims-of-pod.ts';
import { findMatch, heldFor, isHeldFor, mismatch } from '../../../api/kinds/storage/match.ts';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  CLAIM_PROTECTION,
  LOCAL_PATH,
  NO_PROVISIONER,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
} from '../../../api/kinds/storage/names.ts';
import { folderNode } from '../../../api/kinds/storage/node-of-volume.ts';
import { waitsForConsumer } from '../../../api/kinds/storage-class.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../api/types.ts';
import { volumeFor } from './provision.ts';

export interface Told {
  readonly do: 'tell';
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export type ClaimAction =
  | { readonly do: 'createVolume' | 'updateVolume'; readonly volume: PersistentVolume }
  | { readonly do: 'updateClaim' | 'setStatus'; readonly claim: PersistentVolumeClaim }
  | Told;

/** What a claim is judged by. */
export interface ClaimView {
  readonly volumes: readonly PersistentVolume[];
  readonly storageClass: StorageClass | undefined;
  /** That the scheduler chose, when it is there. */
  readonly selectedNode: Node | undefined;
  /** `holdsClaim` of a pod. */
  readonly isUsed: boolean;
}

/** Decides what brings one claim nearer to a volume; empty when it has one or waits. Source: kube-controller-manager, pv_controller.go. */
export function planClaim(claim: PersistentVolumeClaim, view: ClaimView): ClaimAction[] {
  const { metadata, spec } = claim;
  if (metadata.deletionTimestamp) {
    const { finalizers = [] } = metadata;
    if (view.isUsed || !finalizers.includes(CLAIM_PROTECTION)) return [];
    const left = finalizers.filter((finalizer) => finalizer !== CLAIM_PROTECTION);
    return [{ do: 'updateClaim', claim: { ...claim, metadata: { ...metadata, finalizers: left } } }];
  }
  return spec.volumeName ? planNamed(claim, spec.volumeName, view) : planUnbound(claim, view);
}

/**
 * Whether a pod keeps a claim of its namespace: one that has a node, even when it has ended, for its node may still have the volume. One
 * that has none gets none once the claim goes. Source: kube-controller-manager, pvc-protection, podUsesPVC.
 */
export function holdsClaim(pod: Pick<Pod, 'spec'>, name: string): boolean {
  return Boolean(pod.spec.nodeName) && claimsOfPod(pod).includes(name);
}

function planUnbound(claim: PersistentVolumeClaim, view: ClaimView): ClaimAction[] {
  const { storageClass, selectedNode, volumes } = view;
  const isChosen = claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
  if (isChosen && !selectedNode) return [annotated(claim, { [SELECTED_NODE]: undefined })];
  const isDelayed = storageClass !== undefined && waitsForConsumer(storageClass);
  // The scheduler gives free volumes to claims that wait for their pod's node: it alone knows which it has promised.
  const volume = findMatch(claim, volumes, { isHeldOnly: isDelayed });
  if (volume) {
    const bound = withAnnotations(claim, { [BIND_COMPLETED]: 'yes', [BOUND_BY_CONTROLLER]: 'yes' });
    const spec = { ...claim.spec, volumeName: volume.metadata.name };
    return [...hold(volume, claim), { do: 'updateClaim', claim: { ...bound, spec } }];
  }
  if (isDelayed && !isChosen) {
    return [tell('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')];
  }
  return provision(claim, view);
}

function provision(claim: PersistentVolumeClaim, { storageClass, selectedNode }: ClaimView): ClaimAction[] {
  const { storageClassName: name } = claim.spec;
  if (!name) {
    const why = 'no persistent volumes available for this claim and no storage class is set';
    return [tell('Normal', 'FailedBinding', why)];
  }
  const failed = (why: string) => [tell('Warning', 'ProvisioningFailed', why)];
  if (!storageClass) return failed(`storageclass.storage.k8s.io "${name}" not found`);
  const { provisioner } = storageClass;
  if (provisioner === NO_PROVISIONER) {
    return [
      tell('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no provisioner is set'),
    ];
  }
  if (provisioner !== LOCAL_PATH) {
    const why = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    const isTold = claim.metadata.annotations?.[STORAGE_PROVISIONER] === provisioner;
    return [
      ...(isTold ? [] : [annotated(claim, { [STORAGE_PROVISIONER]: provisioner })]),
      tell('Normal', 'ExternalProvisioning', why),
    ];
  }
  if (claim.spec.volumeMode === 'Block') return failed(`${LOCAL_PATH} makes folders, and no block devices`);
  if (claim.spec.selector) return failed('claim.Spec.Selector is not supported');
  if (!selectedNode) return failed('configuration error, no node was specified');
  const volume = volumeFor(claim, storageClass, selectedNode);
  return [
    { do: 'createVolume', volume },
    tell('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`),
  ];
}

function planNamed(claim: PersistentVolumeClaim, name: string, view: ClaimView): ClaimAction[] {
  const volume = view.volumes.find(({ metadata }) => metadata.name === name);
  const isCompleted = claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
  if (!volume) {
    const why = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
    return isCompleted ? lost(claim, 'ClaimLost', why) : [];
  }
  if (volume.spec.claimRef && !isHeldFor(volume, claim)) {
    if (!isCompleted) return [tell('Normal', 'FailedBinding', `volume "${name}" already bound to a different claim.`)];
    const why = 'Two claims are bound to the same volume, this one is bound incorrectly';
    return lost(claim, 'ClaimMisbound', why);
  }
  const why = volume.spec.claimRef ? undefined : mismatch(claim, volume);
  if (why) return [tell('Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`)];
  const grown = isCompleted ? grow(claim, volume, view) : [];
  return [
    ...hold(volume, claim),
    ...(isCompleted ? [] : [annotated(claim, { [BIND_COMPLETED]: 'yes' })]),
    ...grown,
    ...(isCompleted ? boundStatus(claim, volume) : []),
  ];
}

/** A folder has no limit of its own: there is only the number to change. */
function grow(claim: PersistentVolumeClaim, volume: PersistentVolume, { storageClass }: ClaimView): ClaimAction[] {
  const { requests } = claim.spec.resources ?? {};
  if (!storageClass?.allowVolumeExpansion || folderNode(volume) === undefined) return [];
  if (requests?.storage === undefined || compareStorage(requests, volume.spec.capacity) <= 0) return [];
  const spec = { ...volume.spec, capacity: { ...volume.spec.capacity, storage: requests.storage } };
  return [
    { do: 'updateVolume', volume: { ...volume, spec } },
    tell('Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded; a folder is not held to its size'),
  ];
}

function boundStatus(claim: PersistentVolumeClaim, { spec }: PersistentVolume): ClaimAction[] {
  const status = { ...claim.status, phase: 'Bound' as const, accessModes: spec.accessModes, capacity: spec.capacity };
  return isDeepStrictEqual(status, claim.status)
    ? []
    : [{ do: 'setStatus', claim: { ...claim, status } as PersistentVolumeClaim }];
}

function lost(claim: PersistentVolumeClaim, reason: string, message: string): ClaimAction[] {
  if (claim.status?.phase === 'Lost') return [];
  return [
    { do: 'setStatus', claim: { ...claim, status: { ...claim.status, phase: 'Lost' } } },
    tell('Warning', reason, message),
  ];
}

function hold(volume: PersistentVolume, claim: PersistentVolumeClaim): ClaimAction[] {
  return volume.spec.claimRef?.uid ? [] : [{ do: 'updateVolume', volume: heldFor(volume, claim) }];
}

function annotated(claim: PersistentVolumeClaim, changes: Record<string, string | undefined>): ClaimAction {
  return { do: 'updateClaim', claim: withAnnotations(claim, changes) };
}

function withAnnotations(
  claim: PersistentVolumeClaim,
  changes: Record<string, string | undefined>,
): PersistentVolumeClaim {
  const all = Object.entries({ ...claim.metadata.annotations, ...changes });
  const annotations = Object.fromEntries(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}

function tell(type: Told['type'], reason: string, message: string): Told {
  return { do: 'tell', type, reason, message };
}
