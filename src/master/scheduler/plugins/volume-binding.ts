import { claimsOfPod } from '../../../api/kinds/storage/claims-of-pod.ts';
import { findMatch } from '../../../api/kinds/storage/match.ts';
import { BIND_COMPLETED, NO_PROVISIONER, SELECTED_NODE } from '../../../api/kinds/storage/names.ts';
import { isReachableFrom } from '../../../api/kinds/storage/node-of-volume.ts';
import { waitsForConsumer } from '../../../api/kinds/storage-class.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../api/types.ts';
import { type FilterPlugin, unresolvable } from '../framework.ts';

/** Claims and volumes as decisions see them. */
export interface StorageView {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  storageClass(name: string): StorageClass | undefined;
  volumes(): readonly PersistentVolume[];
}

const ELSEWHERE = unresolvable('node(s) had volume node affinity conflict');
const NONE_HERE = unresolvable("node(s) didn't find available persistent volumes to bind");
const LOST = unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');

/** A pod runs where its volumes are, or where those that it still lacks can be found or made. Source: kube-scheduler, VolumeBinding. */
export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  prepare({ pod }, { storage }) {
    const names = claimsOfPod(pod);
    if (names.length === 0) return undefined;
    const bound: (PersistentVolume | undefined)[] = [];
    const open: PersistentVolumeClaim[] = [];
    for (const name of names) {
      const claim = storage.claim(pod.metadata.namespace ?? '', name);
      const why = whyNot(name, claim);
      if (why || !claim) return why;
      if (isBound(claim)) bound.push(storage.volumes().find(({ metadata }) => metadata.name === claim.spec.volumeName));
      else if (isDelayed(claim, storage)) open.push(claim);
      else return 'pod has unbound immediate PersistentVolumeClaims';
    }
    return ({ node }) => {
      if (bound.some((volume) => !volume)) return LOST;
      if (bound.some((volume) => volume && !isReachableFrom(volume, node))) return ELSEWHERE;
      return open.every((claim) => canBeBound(claim, node, storage)) ? undefined : NONE_HERE;
    };
  },
};

function whyNot(name: string, claim: PersistentVolumeClaim | undefined): string | undefined {
  if (!claim) return `persistentvolumeclaim "${name}" not found`;
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
  }
  return claim.metadata.deletionTimestamp ? `persistentvolumeclaim "${name}" is being deleted` : undefined;
}

function canBeBound(claim: PersistentVolumeClaim, node: Node, storage: StorageView): boolean {
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  if (selected !== undefined) return selected === node.metadata.name;
  if (findMatch(claim, storage.volumes(), node)) return true;
  const provisioner = storage.storageClass(claim.spec.storageClassName ?? '')?.provisioner;
  return provisioner !== undefined && provisioner !== NO_PROVISIONER;
}

function isBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

function isDelayed({ spec }: PersistentVolumeClaim, storage: StorageView): boolean {
  const found = storage.storageClass(spec.storageClassName ?? '');
  return !spec.volumeName && found !== undefined && waitsForConsumer(found);
}

/** The pod's claims that have no volume yet: they are told its node, and waited for, before it is bound. */
export function unboundClaims(pod: Pod, storage: StorageView): PersistentVolumeClaim[] {
  const claims = claimsOfPod(pod).flatMap((name) => storage.claim(pod.metadata.namespace ?? '', name) ?? []);
  return claims.filter((claim) => !isBound(claim));
}
