import { olderFirst } from '../../../api/meta/older-first.ts';
import type { Deployment, ReplicaSet } from '../../../api/types.ts';
import { desiredReplicasOf, maxReplicasOf, withSize } from './annotations.ts';
import { maxSurge } from './limits.ts';
import { activeOf, allOf, type Sets, wantedReplicas, withChanged } from './sets.ts';

/** The set with so many replicas; itself when it has them. */
export function resized(deployment: Deployment, set: ReplicaSet, replicas: number): ReplicaSet {
  return set.spec.replicas === replicas ? set : scaled(deployment, set, replicas);
}

/** As `resized`, and it knows the Deployment's size even where its own does not change. */
function scaled(deployment: Deployment, set: ReplicaSet, replicas: number): ReplicaSet {
  const sized = withSize(set, deployment);
  return sized.spec.replicas === replicas ? sized : { ...sized, spec: { ...sized.spec, replicas } };
}

/** Whether the Deployment got another size since its sets were scaled. */
export function isScalingEvent({ spec }: Deployment, sets: Sets): boolean {
  return activeOf(allOf(sets)).some((set) => (desiredReplicasOf(set) ?? spec.replicas) !== spec.replicas);
}

/**
 * The sets of a Deployment that is paused or got another size: the one that is active takes it all; in the middle of a rollout each
 * gets its share. Source: "proportional scaling" in the documentation of Deployments.
 */
export function scaleSets(deployment: Deployment, sets: Sets): Sets {
  const { replicas, strategy } = deployment.spec;
  const only = activeOrLatest(sets);
  if (only) return withChanged(sets, [scaled(deployment, only, replicas)]);
  if (isSaturated(deployment, sets.newSet)) {
    return withChanged(
      sets,
      activeOf(sets.old).map((set) => resized(deployment, set, 0)),
    );
  }
  if (strategy?.type === 'Recreate') return sets;
  return withChanged(sets, proportionally(deployment, activeOf(allOf(sets))));
}

/** The one active set, or, where none is, the newest; undefined where several are. */
function activeOrLatest(sets: Sets): ReplicaSet | undefined {
  const active = activeOf(allOf(sets));
  if (active.length > 1) return undefined;
  return active[0] ?? sets.newSet ?? sets.old.toSorted(olderFirst).at(-1);
}

function isSaturated({ spec }: Deployment, newSet: ReplicaSet | undefined): boolean {
  if (!newSet) return false;
  const counts = [newSet.spec.replicas, desiredReplicasOf(newSet), newSet.status?.availableReplicas ?? 0];
  return counts.every((count) => count === spec.replicas);
}

/** What is to be added or taken away, shared by size; what rounding leaves over goes to the largest. */
function proportionally(deployment: Deployment, active: readonly ReplicaSet[]): ReplicaSet[] {
  const { replicas } = deployment.spec;
  const allowed = replicas > 0 ? replicas + maxSurge(deployment) : 0;
  const toAdd = allowed - wantedReplicas(active);
  const largestFirst = active.toSorted((a, b) => {
    const byAge = toAdd > 0 ? olderFirst(b, a) : olderFirst(a, b);
    return b.spec.replicas - a.spec.replicas || byAge;
  });
  let added = 0;
  const sizes = largestFirst.map((set) => {
    const share = toAdd === 0 ? 0 : shareOf(set, deployment, toAdd - added);
    added += share;
    return set.spec.replicas + share;
  });
  if (toAdd !== 0) sizes[0] = Math.max(0, (sizes[0] ?? 0) + toAdd - added);
  return largestFirst.map((set, index) => scaled(deployment, set, sizes[index] ?? 0));
}

/** By how much a set changes: as its Deployment does in size, but not past what is left over (`left` below 0: to be taken away). */
function shareOf(set: ReplicaSet, deployment: Deployment, left: number): number {
  const { replicas } = set.spec;
  if (replicas === 0 || left === 0) return 0;
  if (deployment.spec.replicas === 0) return Math.max(-replicas, left);
  const before = maxReplicasOf(set) || (deployment.status?.replicas ?? 0) || replicas;
  const share = Math.round((replicas * (deployment.spec.replicas + maxSurge(deployment))) / before) - replicas;
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}
