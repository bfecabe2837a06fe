import { labelSelectorMatcher } from '../../meta/labels.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../types.ts';
import { compareStorage } from './amounts.ts';
import { BOUND_BY_CONTROLLER } from './names.ts';
import { isReachableFrom } from './node-of-volume.ts';

/** Whether a volume is kept for this claim; without a uid, for any of its name. */
export function isHeldFor({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef?.namespace !== metadata.namespace || claimRef?.name !== metadata.name) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** The volume, kept for this very claim. Source: component-helpers, GetBindVolumeToClaim. */
export function heldFor(volume: PersistentVolume, { metadata }: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const { namespace = '', name, uid = '' } = metadata;
  const spec = {
    ...volume.spec,
    claimRef: { ...claimRef, apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
  };
  const own: Record<string, string> = claimRef ? {} : { [BOUND_BY_CONTROLLER]: 'yes' };
  const annotations = { ...volume.metadata.annotations, ...own };
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec };
}

/**
 * Why a volume does not do for a claim that wants it, in kube-controller-manager's words; undefined when it does. One that is kept for the
 * claim may be of any class. Source: checkVolumeSatisfyClaim; FindMatchingVolume, which compares classes of free volumes alone.
 */
export function mismatch(claim: PersistentVolumeClaim, volume: PersistentVolume): string | undefined {
  const [asked, has] = [claim.spec, volume.spec];
  const isOfClass = (asked.storageClassName ?? '') === (has.storageClassName ?? '');
  if (compareStorage(has.capacity, asked.resources?.requests) < 0) return 'requested PV is too small';
  if (!isOfClass && !isHeldFor(volume, claim)) return 'storageClassName does not match';
  if ((asked.volumeMode ?? 'Filesystem') !== (has.volumeMode ?? 'Filesystem')) return 'incompatible volumeMode';
  const modes: readonly string[] = has.accessModes ?? [];
  return (asked.accessModes ?? []).every((mode) => modes.includes(mode)) ? undefined : 'incompatible accessMode';
}

export interface MatchOptions {
  /** From which it must be reachable, for claims that wait for their pod's node. */
  readonly node?: Node;
  /** Free volumes are not for the asker to give away. */
  readonly isHeldOnly?: boolean;
}

/**
 * The volume for a claim that has none: the one that is kept for it, else the smallest free one, of those that do.
 * Source: component-helpers, FindMatchingVolume.
 */
export function findMatch(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { node, isHeldOnly = false }: MatchOptions = {},
): PersistentVolume | undefined {
  const fitting = volumes.filter(
    (volume) =>
      (!volume.spec.claimRef || isHeldFor(volume, claim)) &&
      !volume.metadata.deletionTimestamp &&
      mismatch(claim, volume) === undefined,
  );
  const isInReach = (volume: PersistentVolume) => !node || isReachableFrom(volume, node);
  const held = fitting.find((volume) => isHeldFor(volume, claim));
  // Out of reach or not, the claim gets this one and no other.
  if (held) return isInReach(held) ? held : undefined;
  if (isHeldOnly) return undefined;
  const selector = claim.spec.selector && labelSelectorMatcher(claim.spec.selector);
  const free = fitting.filter(
    (volume) =>
      !volume.spec.claimRef &&
      (volume.status?.phase === 'Available' || volume.status?.phase === 'Pending') &&
      (!selector || selector.matches(volume.metadata.labels ?? {})) &&
      isInReach(volume),
  );
  return free.toSorted((a, b) => compareStorage(a.spec.capacity, b.spec.capacity))[0];
}
