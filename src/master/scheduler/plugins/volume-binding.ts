import { claimsOfPod } from '../../../api/kinds/storage/claims-of-pod.ts';
import { BIND_COMPLETED } from '../../../api/kinds/storage/names.ts';
import { isReachableFrom } from '../../../api/kinds/storage/node-of-volume.ts';
import { waitsForConsumer } from '../../../api/kinds/storage-class.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import { type FilterPlugin, unresolvable } from '../framework.ts';
import { openClaims, planVolumes } from '../volumes/plan.ts';
import type { StorageView } from '../volumes/storage-view.ts';

const ELSEWHERE = unresolvable('node(s) had volume node affinity conflict');
const NONE_HERE = unresolvable("node(s) didn't find available persistent volumes to bind");
const LOST = unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');

/** A pod runs where its volumes are, or where those that it still lacks can be found or made. Source: kube-scheduler, VolumeBinding. */
export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  prepare({ pod }, { storage }) {
    const names = claimsOfPod(pod);
    if (names.length === 0) return undefined;
    for (const name of names) {
      const claim = storage.claim(pod.metadata.namespace ?? '', name);
      const why = whyNot(name, claim);
      if (why || !claim) return why;
      if (!isBound(claim) && !isDelayed(claim, storage)) return 'pod has unbound immediate PersistentVolumeClaims';
    }
    const bound = boundVolumes(pod, storage);
    const open = openClaims(unboundClaims(pod, storage), storage);
    const volumes = storage.volumes();
    return ({ node }) => {
      if (bound.some((volume) => !volume)) return LOST;
      if (bound.some((volume) => volume && !isReachableFrom(volume, node))) return ELSEWHERE;
      return planVolumes(open, node, volumes) ? undefined : NONE_HERE;
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

function isBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

function isDelayed({ spec }: PersistentVolumeClaim, storage: StorageView): boolean {
  const found = storage.storageClass(spec.storageClassName ?? '');
  return !spec.volumeName && found !== undefined && waitsForConsumer(found);
}

/** Each once, though several of the pod's volumes may be of one claim. */
function claims({ metadata, spec }: Pod, storage: StorageView): PersistentVolumeClaim[] {
  const names = new Set(claimsOfPod({ spec }));
  return [...names].flatMap((name) => storage.claim(metadata.namespace ?? '', name) ?? []);
}

/** The pod's claims that have no volume yet: they are given one, and waited for, before it is bound. */
export function unboundClaims(pod: Pod, storage: StorageView): PersistentVolumeClaim[] {
  return claims(pod, storage).filter((claim) => !isBound(claim));
}

/** The volumes of the pod's other claims; undefined for one that is gone. */
export function boundVolumes(pod: Pod, storage: StorageView): (PersistentVolume | undefined)[] {
  const names = claims(pod, storage).flatMap((claim) => (isBound(claim) ? claim.spec.volumeName : []));
  if (names.length === 0) return [];
  const volumes = storage.volumes();
  return names.map((name) => volumes.find(({ metadata }) => metadata.name === name));
}
