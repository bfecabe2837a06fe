import type { Pod, ReplicaSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { claim } from '../workload/claim.ts';
import { chooseVictims } from '../workload/deletion-order.ts';
import { controllerOf } from '../workload/owner.ts';
import { isPodActive } from '../workload/pod-state.ts';

/** More at once would be a burst that nobody else gets through; the rest comes in the next pass. */
const MAX_BURST = 500;

export type Action =
  | { readonly do: 'release' | 'adopt' | 'deletePod'; readonly pod: Pod }
  | { readonly do: 'createPods'; readonly count: number };

/** What a ReplicaSet is judged by. */
export interface View {
  /** All of its namespace. */
  readonly pods: readonly Pod[];
  /** uids of the ReplicaSets that have the same owner, itself among them: a node with pods of two of them counts as doubly used. */
  readonly siblings: ReadonlySet<string>;
}

/**
 * Decides what brings one ReplicaSet to its number of pods, in the order to do it; empty when it is there. Terminating pods do not
 * count, and are replaced once: their successor counts from the moment it is created.
 */
export function plan(set: ReplicaSet, { pods, siblings }: View, now: Millis): Action[] {
  // Its pods are the garbage collector's then.
  if (set.metadata.deletionTimestamp) return [];
  const { adopt, release } = claim(set, pods);
  const active = activePodsOf(set, pods);
  const surplus = active.length - set.spec.replicas;
  const related = pods.filter((pod) => isPodActive(pod) && siblings.has(controllerOf(pod)?.uid ?? ''));
  const victims = chooseVictims(active, Math.min(surplus, MAX_BURST), { related, now });
  return [
    ...release.filter(isPodActive).map((pod) => ({ do: 'release', pod }) as const),
    ...adopt.filter(isPodActive).map((pod) => ({ do: 'adopt', pod }) as const),
    ...victims.map((pod) => ({ do: 'deletePod', pod }) as const),
    ...(surplus < 0 ? [{ do: 'createPods', count: Math.min(-surplus, MAX_BURST) } as const] : []),
  ];
}

/** Those that count: owned, or about to be. */
export function activePodsOf(set: ReplicaSet, pods: readonly Pod[]): Pod[] {
  const { owned, adopt } = claim(set, pods);
  return [...owned, ...adopt].filter(isPodActive);
}
