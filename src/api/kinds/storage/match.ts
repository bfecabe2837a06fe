import { labelSelectorMatcher } from '../../meta/labels.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../types.ts';
import { compareStorage } from './amounts.ts';
import { isReachableFrom } from './node-of-volume.ts';

/** Whether a volume is kept for this claim; without a uid, for any of its name. */
export function isHeldFor({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef?.namespace !== metadata.namespace || claimRef?.name !== metadata.name) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** Why a volume does not do for a claim that wants it, in kube-controller-manager's words; undefined when it does. */
export function mismatch(claim: PersistentVolumeClaim, volume: PersistentVolume): string | undefined {
  const [asked, has] = [claim.spec, volume.spec];
  if (compareStorage(has.capacity, asked.resources?.requests) < 0) return 'requested PV is too small';
  if ((asked.storageClassName ?? '') !== (has.storageClassName ?? '')) return 'storageClassName does not match';
  if ((asked.volumeMode ?? 'Filesystem') !== (has.volumeMode ?? 'Filesystem')) return 'incompatible volumeMode';
  const modes: readonly string[] = has.accessModes ?? [];
  return (asked.accessModes ?? []).every((mode) => modes.includes(mode)) ? undefined : 'incompatible accessMode';
}

/**
 * The volume for a claim that has none: the one that is kept for it, else the smallest that does.
 * @param node from which it must be reachable, for claims that wait for their pod's node
 */
export function findMatch(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  node?: Node,
): PersistentVolume | undefined {
  const standing = volumes.filter(({ metadata }) => !metadata.deletionTimestamp);
  const kept = standing.find((volume) => isHeldFor(volume, claim));
  if (kept) return kept;
  const selector = claim.spec.selector && labelSelectorMatcher(claim.spec.selector);
  const fitting = standing.filter(
    (volume) =>
      !volume.spec.claimRef &&
      (volume.status?.phase === 'Available' || volume.status?.phase === 'Pending') &&
      mismatch(claim, volume) === undefined &&
      (!selector || selector.matches(volume.metadata.labels ?? {})) &&
      (!node || isReachableFrom(volume, node)),
  );
  return fitting.toSorted((a, b) => compareStorage(a.spec.capacity, b.spec.capacity))[0];
}
