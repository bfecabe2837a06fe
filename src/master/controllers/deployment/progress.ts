import type { Deployment, DeploymentStatus, ReplicaSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { type Conditions, conditionOf, renewed, type Verdict, withCondition, without } from './conditions.ts';

/** As Kubernetes takes it: no deadline. */
const NO_DEADLINE = 2 ** 31 - 1;
const COMPLETE = 'NewReplicaSetAvailable';
const TIMED_OUT = 'ProgressDeadlineExceeded';

/** The counts of a status, before its conditions. */
export type Counts = Omit<DeploymentStatus, 'conditions'>;

function hasDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== NO_DEADLINE;
}

/** Every pod is of the current template, available, and there is no other. */
export function isComplete({ metadata, spec }: Deployment, status: Counts | undefined): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status ?? {};
  const isAll = [updatedReplicas, replicas, availableReplicas].every((count) => count === spec.replicas);
  return isAll && observedGeneration >= (metadata.generation ?? 0);
}

/** Time does not count while a Deployment is paused, and begins anew when it is resumed. One that has timed out stays so. */
export function pausedOrResumed(deployment: Deployment, conditions: Conditions, now: Millis): Conditions {
  const current = conditionOf(conditions, 'Progressing');
  if (!hasDeadline(deployment) || current?.reason === TIMED_OUT) return conditions;
  const isPaused = Boolean(deployment.spec.paused);
  if (isPaused === (current?.reason === 'DeploymentPaused')) return conditions;
  const [reason, word] = isPaused ? ['DeploymentPaused', 'paused'] : ['DeploymentResumed', 'resumed'];
  return withCondition(conditions, progressing('Unknown', reason, `Deployment is ${word}`), now);
}

/** That the set of the current template was just made, or, where nothing was told yet, found. */
export function madeOrFound(
  deployment: Deployment,
  conditions: Conditions,
  { before, after }: { readonly before: ReplicaSet | undefined; readonly after: ReplicaSet | undefined },
  now: Millis,
): Conditions {
  if (!hasDeadline(deployment) || !after) return conditions;
  const name = JSON.stringify(after.metadata.name);
  if (!before) {
    return withCondition(
      conditions,
      progressing('True', 'NewReplicaSetCreated', `Created new replica set ${name}`),
      now,
    );
  }
  if (conditionOf(conditions, 'Progressing')) return conditions;
  return withCondition(conditions, progressing('True', 'FoundNewReplicaSet', `Found new replica set ${name}`), now);
}

/** How the rollout goes: done, on its way, or stuck for too long. */
export function withProgress(
  deployment: Deployment,
  conditions: Conditions,
  { counts, newSet }: { readonly counts: Counts; readonly newSet: ReplicaSet | undefined },
  now: Millis,
): Conditions {
  if (!hasDeadline(deployment)) return without(conditions, 'Progressing');
  const current = conditionOf(conditions, 'Progressing');
  // A rollout that is done stays done whatever becomes of its pods.
  const isDone = (counts.replicas ?? 0) === (counts.updatedReplicas ?? 0) && current?.reason === COMPLETE;
  if (isDone) return conditions;
  const what = newSet
    ? `ReplicaSet ${JSON.stringify(newSet.metadata.name)}`
    : `Deployment ${JSON.stringify(deployment.metadata.name)}`;
  if (isComplete(deployment, counts)) {
    return withCondition(conditions, progressing('True', COMPLETE, `${what} has successfully progressed.`), now);
  }
  if (hasProgressed(deployment.status ?? {}, counts)) {
    return renewed(conditions, progressing('True', 'ReplicaSetUpdated', `${what} is progressing.`), now);
  }
  if (isTimedOut(deployment, conditions, now)) {
    return withCondition(conditions, progressing('False', TIMED_OUT, `${what} has timed out progressing.`), now);
  }
  return conditions;
}

/** That no ReplicaSet could be made for the template. */
export function createFailed(deployment: Deployment, conditions: Conditions, message: string, now: Millis): Conditions {
  if (!hasDeadline(deployment)) return conditions;
  return withCondition(conditions, progressing('False', 'ReplicaSetCreateError', message), now);
}

/** When to look whether the deadline has passed, in ms from now; undefined when there is nothing to wait for. */
export function nextProgressCheckMs(deployment: Deployment, now: Millis): number | undefined {
  const { spec, status } = deployment;
  const current = conditionOf(status?.conditions ?? [], 'Progressing');
  if (!current || spec.paused || !hasDeadline(deployment)) return undefined;
  if (isComplete(deployment, status) || current.reason === COMPLETE || current.reason === TIMED_OUT) return undefined;
  const deadline = Date.parse(current.lastUpdateTime ?? '') + (spec.progressDeadlineSeconds ?? 0) * 1000;
  // A second later: the times are whole seconds.
  return Math.max(deadline - now, 0) + 1000;
}

function isTimedOut({ spec }: Deployment, conditions: Conditions, now: Millis): boolean {
  const current = conditionOf(conditions, 'Progressing');
  if (!current || current.reason === COMPLETE) return false;
  if (current.reason === TIMED_OUT) return true;
  return Date.parse(current.lastUpdateTime ?? '') + (spec.progressDeadlineSeconds ?? 0) * 1000 < now;
}

/** More new pods, fewer old ones, or more that are ready or available. */
function hasProgressed(before: Counts, after: Counts): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: Counts) => replicas - updatedReplicas;
  const isMore = (field: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas') =>
    (after[field] ?? 0) > (before[field] ?? 0);
  return (
    old(after) < old(before) || isMore('updatedReplicas') || isMore('readyReplicas') || isMore('availableReplicas')
  );
}

function progressing(status: Verdict['status'], reason: string, message: string): Verdict {
  return { type: 'Progressing', status, reason, message };
}
