import type { DaemonSet, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { revisionOfPod } from '../history/revision.ts';
import { isPodAvailable } from '../workload/pod-state.ts';
import { limitsOf } from './limits.ts';
import { isStaying, type Place } from './placement.ts';
import type { Action } from './plan.ts';

interface Target {
  /** Of the revision that the pods should be of. */
  readonly hash: string;
  readonly now: Millis;
}

/** A node's pods by revision, terminating ones aside. */
interface Pair {
  readonly node: string;
  readonly old: Pod | undefined;
  readonly updated: Pod | undefined;
}

/** The next step of a rollout, over nodes that have at most one pod of each revision: others are put in order first. */
export function rollOut(set: DaemonSet, places: readonly Place[], target: Target): Action[] {
  const pairs = places.filter(({ shouldRun }) => shouldRun).map((place) => pairOf(place, target));
  const isAvailable = (pod: Pod | undefined) =>
    pod !== undefined && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, target.now);
  const { maxSurge, maxUnavailable } = limitsOf(set, places);
  return maxSurge > 0 ? surge(pairs, maxSurge, isAvailable) : replace(pairs, maxUnavailable, isAvailable);
}

function pairOf({ node, pods }: Place, { hash }: Target): Pair {
  const staying = pods.filter(isStaying);
  return {
    node,
    old: staying.find((pod) => revisionOfPod(pod) !== hash),
    updated: staying.find((pod) => revisionOfPod(pod) === hash),
  };
}

/** Old pods go first; those that do not serve for nothing, the others while few enough nodes are without. */
function replace(
  pairs: readonly Pair[],
  maxUnavailable: number,
  isAvailable: (pod: Pod | undefined) => boolean,
): Action[] {
  const unavailable = pairs.filter(({ old, updated }) => !isAvailable(updated ?? old)).length;
  const outdated = pairs.flatMap(({ old, updated }) => (old && !updated ? [old] : []));
  const broken = outdated.filter((pod) => !isAvailable(pod));
  const serving = outdated.filter(isAvailable).slice(0, Math.max(0, maxUnavailable - unavailable));
  return [...broken, ...serving].map((pod) => ({ do: 'delete', pod }));
}

/** New pods come beside old ones, on few enough nodes at once; a node whose old pod does not serve gets one for nothing. */
function surge(pairs: readonly Pair[], maxSurge: number, isAvailable: (pod: Pod | undefined) => boolean): Action[] {
  const surging = pairs.filter(({ old, updated }) => old && updated).length;
  const outdated = pairs.filter(({ old, updated }) => old && !updated);
  const broken = outdated.filter(({ old }) => !isAvailable(old));
  const serving = outdated.filter(({ old }) => isAvailable(old)).slice(0, Math.max(0, maxSurge - surging));
  return [...broken, ...serving].map(({ node }) => ({ do: 'create', node }));
}
