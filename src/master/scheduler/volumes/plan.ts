import { compareStorage } from '../../../api/kinds/storage/amounts.ts';
import { findMatch } from '../../../api/kinds/storage/match.ts';
import { NO_PROVISIONER, SELECTED_NODE } from '../../../api/kinds/storage/names.ts';
import { isReachableFrom } from '../../../api/kinds/storage/node-of-volume.ts';
import { isAllowedOn } from '../../../api/kinds/storage/topology.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';
import type { StorageView } from './storage-view.ts';

/** A claim without a volume, and what its volume can come from. */
export interface OpenClaim {
  readonly claim: PersistentVolumeClaim;
  /** The volume that is kept for it already: it gets no other. */
  readonly held: PersistentVolume | undefined;
  /** Whose provisioner makes volumes; undefined when nobody does. */
  readonly maker: StorageClass | undefined;
}

/** What gives the open claims of a pod their volumes on one node. */
export interface VolumePlan {
  /** Free volumes, and the claims that get them: no volume twice. */
  readonly takes: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[];
  /** Claims whose volumes are to be made, and that have not been told the node yet. */
  readonly makes: readonly PersistentVolumeClaim[];
}

/** What is the same for all nodes. The smallest claims come first: the large volumes are left to the large ones. */
export function openClaims(claims: readonly PersistentVolumeClaim[], storage: StorageView): OpenClaim[] {
  const volumes = storage.volumes();
  return claims
    .toSorted((a, b) => compareStorage(a.spec.resources?.requests, b.spec.resources?.requests))
    .map((claim) => ({
      claim,
      held: findMatch(claim, volumes, { isHeldOnly: true }),
      maker: makerOf(storage.storageClass(claim.spec.storageClassName ?? '')),
    }));
}

function makerOf(storageClass: StorageClass | undefined): StorageClass | undefined {
  return storageClass && storageClass.provisioner !== NO_PROVISIONER ? storageClass : undefined;
}

/** @returns undefined when a claim can't have its volume on that node. Source: kube-scheduler, volumebinding, FindPodVolumes. */
export function planVolumes(
  claims: readonly OpenClaim[],
  node: Node,
  volumes: readonly PersistentVolume[],
): VolumePlan | undefined {
  const takes: VolumePlan['takes'][number][] = [];
  const makes: PersistentVolumeClaim[] = [];
  for (const { claim, held, maker } of claims) {
    if (held) {
      if (!isReachableFrom(held, node)) return undefined;
      continue;
    }
    // Of claims whose volumes nobody makes the annotation is a mistake, and says nothing.
    const selected = maker && claim.metadata.annotations?.[SELECTED_NODE];
    const isGiven = (volume: PersistentVolume) => takes.some((take) => take.volume === volume);
    const free = volumes.filter((volume) => !volume.spec.claimRef && !isGiven(volume));
    const volume = selected === undefined ? findMatch(claim, free, { node }) : undefined;
    if (volume) takes.push({ volume, claim });
    else if (!maker || !isAllowedOn(maker, node)) return undefined;
    else if (selected === undefined) makes.push(claim);
    else if (selected !== node.metadata.name) return undefined;
  }
  return { takes, makes };
}

/** The claim, told the node that its volume is to be made on. */
export function toldNode(claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}
