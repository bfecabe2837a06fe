import type { PersistentVolumeClaim, StatefulSet } from '../../../api/types.ts';
import { controllerReference } from '../workload/owner.ts';
import { claimNames, ordinalIn } from './identity.ts';

/** The claims of a pod, for the first one of that name; they go with the set where it says so. */
export function claimsOf(set: StatefulSet, podName: string): PersistentVolumeClaim[] {
  const { namespace = '' } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }, index) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...metadata,
      name: claimNames(set, podName)[index] ?? '',
      namespace,
      labels: { ...metadata?.labels, ...set.spec.selector.matchLabels },
      ...(takesClaims(set) ? { ownerReferences: [controllerReference(set)] } : {}),
    },
    spec: spec ?? {},
  }));
}

/** Of a pod's claims those that are not there; one on its way out still has the name. @param claims all of the namespace */
export function missingClaims(
  set: StatefulSet,
  podName: string,
  claims: readonly PersistentVolumeClaim[],
): PersistentVolumeClaim[] {
  return claimsOf(set, podName).filter(({ metadata: { name } }) => claims.every((one) => one.metadata.name !== name));
}

/** Bears the name of a claim of the set, of whatever ordinal. */
export function isClaimOf(set: StatefulSet, { metadata }: Pick<PersistentVolumeClaim, 'metadata'>): boolean {
  return (set.spec.volumeClaimTemplates ?? []).some((template) => {
    const prefix = `${template.metadata?.name}-`;
    const podName = metadata.name.startsWith(prefix) ? metadata.name.slice(prefix.length) : '';
    return ordinalIn(set, podName) !== undefined;
  });
}

export interface ClaimTransfer {
  readonly do: 'adoptClaim' | 'releaseClaim';
  readonly claim: PersistentVolumeClaim;
}

/**
 * What brings the owners of claims in line with whenDeleted, which may change at any time: the garbage collector takes those that
 * have the set as an owner. Given are the claims of pods that there are or should be; taken back is every one, for what is left of
 * a set that was larger must not go when the set says that data stays. A claim that others manage is theirs.
 * Source: kube-controller, stateful_set_utils.go (updateClaimOwnerRefForSetAndPod, hasUnexpectedController).
 * @param podNames of the set's pods. @param claims all of the namespace
 */
export function claimTransfers(
  set: StatefulSet,
  podNames: readonly string[],
  claims: readonly PersistentVolumeClaim[],
): ClaimTransfer[] {
  const given = new Set(podNames.flatMap((name) => claimNames(set, name)));
  return claims.flatMap((claim): ClaimTransfer[] => {
    if (claim.metadata.deletionTimestamp || !isClaimOf(set, claim)) return [];
    const isOwned = (claim.metadata.ownerReferences ?? []).some(({ uid }) => uid === set.metadata.uid);
    const isToGo = takesClaims(set) && !hasOtherManager(set, claim);
    if (isOwned) return isToGo ? [] : [{ do: 'releaseClaim', claim }];
    return isToGo && given.has(claim.metadata.name) ? [{ do: 'adoptClaim', claim }] : [];
  });
}

function takesClaims({ spec }: StatefulSet): boolean {
  return spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
}

/** Somebody else's, or that of a namesake of the set: who came before left it to the garbage collector. */
function hasOtherManager({ metadata: own, kind }: StatefulSet, { metadata }: PersistentVolumeClaim): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ uid, controller, kind: ownerKind, name }) =>
      uid !== own.uid && (controller || (ownerKind === kind && name === own.name)),
  );
}
