import { isDeepStrictEqual } from 'node:util';
import type { Deployment, DeploymentStatus, Pod, ReplicaSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { claim } from '../workload/claim.ts';
import { REVISION } from './annotations.ts';
import type { Conditions } from './conditions.ts';
import { expiredSets } from './history.ts';
import { refreshNewSet, withNewSet } from './new-set.ts';
import { isComplete, madeOrFound, pausedOrResumed, withProgress } from './progress.ts';
import { recreate } from './recreate.ts';
import { rollForward } from './rolling-update.ts';
import { isScalingEvent, scaleSets } from './scale.ts';
import { allOf, type Sets, setsOf } from './sets.ts';
import { countsOf, statusOf, withReplicaFailure } from './status.ts';

export type Action =
  | { readonly do: 'release' | 'adopt' | 'createSet' | 'deleteSet'; readonly set: ReplicaSet }
  | { readonly do: 'updateSet'; readonly set: ReplicaSet; readonly before: ReplicaSet }
  /** Both of the Deployment itself; they are one write. @param revision is not known before there is a set of the template */
  | { readonly do: 'setStatus'; readonly status: DeploymentStatus; readonly revision: string | undefined };

/** What a Deployment is judged by: all of these of its namespace. */
export interface View {
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
}

/** Decides the next step of one Deployment, in the order to do it; empty when it is where it should be, or has to wait. */
export function plan(deployment: Deployment, { replicaSets, pods }: View, now: Millis): Action[] {
  const { owned, adopt, release } = claim(deployment, replicaSets);
  // They come back changed, and are judged then.
  if (adopt.length + release.length > 0) {
    return [
      ...release.map((set) => ({ do: 'release', set }) as const),
      ...adopt.map((set) => ({ do: 'adopt', set }) as const),
    ];
  }
  const before = setsOf(deployment, owned);
  // Its sets are the garbage collector's then.
  if (deployment.metadata.deletionTimestamp) return statusChange(deployment, before, before, 'count', now);
  const refreshed = refreshNewSet(deployment, before);
  const isWaiting = Boolean(deployment.spec.paused) || isScalingEvent(deployment, refreshed);
  const after = isWaiting ? scaleSets(deployment, refreshed) : rollOut(deployment, refreshed, pods);
  return [
    ...setChanges(before, after),
    ...(mayForget(deployment, { isWaiting, isMoving: after !== refreshed })
      ? expiredSets(deployment, before).map((set) => ({ do: 'deleteSet', set }) as const)
      : []),
    ...statusChange(deployment, before, after, isWaiting ? 'count' : 'judge', now),
  ];
}

function rollOut(deployment: Deployment, sets: Sets, pods: readonly Pod[]): Sets {
  if (deployment.spec.strategy?.type === 'Recreate') return recreate(deployment, sets, pods);
  return rollForward(deployment, withNewSet(deployment, sets));
}

/** Old sets are what a rollout that goes wrong is rolled back to: they are kept until it is done. */
function mayForget(
  deployment: Deployment,
  { isWaiting, isMoving }: { readonly isWaiting: boolean; readonly isMoving: boolean },
): boolean {
  if (isWaiting) return Boolean(deployment.spec.paused);
  return !isMoving && isComplete(deployment, deployment.status);
}

function setChanges(before: Sets, after: Sets): Action[] {
  const known = new Map(allOf(before).map((set) => [set.metadata.name, set]));
  return allOf(after).flatMap((set): Action[] => {
    const was = known.get(set.metadata.name);
    if (!was) return [{ do: 'createSet', set }];
    return was === set ? [] : [{ do: 'updateSet', set, before: was }];
  });
}

/** @param how `count` leaves the rollout's progress alone, which is judged in a rollout only */
function statusChange(
  deployment: Deployment,
  before: Sets,
  after: Sets,
  how: 'count' | 'judge',
  now: Millis,
): Action[] {
  const counts = countsOf(deployment, after);
  const stored: Conditions = deployment.status?.conditions ?? [];
  const paused = deployment.metadata.deletionTimestamp ? stored : pausedOrResumed(deployment, stored, now);
  const found = madeOrFound(deployment, paused, { before: before.newSet, after: after.newSet }, now);
  const conditions =
    how === 'count'
      ? found
      : withReplicaFailure(withProgress(deployment, found, { counts, newSet: after.newSet }, now), after, now);
  const status = statusOf(deployment, counts, conditions, now);
  const revision = after.newSet?.metadata.annotations?.[REVISION];
  const isKnown = revision === undefined || deployment.metadata.annotations?.[REVISION] === revision;
  if (isKnown && isDeepStrictEqual(status, deployment.status)) return [];
  return [{ do: 'setStatus', status, revision }];
}
