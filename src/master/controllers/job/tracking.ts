import { countIndexes } from '../../../api/kinds/job/indexes.ts';
import type { Job, JobCondition, JobStatus, Pod } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import { countAs } from '../workload/count-as.ts';
import { isPodReady } from '../workload/pod-state.ts';
import { type Outcome, outcomeIn, withCondition } from './conditions.ts';
import { hasIndex, readIndexes, withIndexes, writeIndexes } from './index-ranges.ts';
import { countsAsFailure, type Judgement } from './judgement.ts';
import { indexOf, isIndexed, isPodFailed, isPodSucceeded, isTracked } from './pod-facts.ts';

/** So many uids keep a status below 20 KB. */
const MAX_UNCOUNTED = 500;

/** What a Job's status has to say, and which pods may go once it says so. */
export interface Tracking {
  readonly status: JobStatus;
  readonly countedPods: readonly Pod[];
}

/**
 * Counts every pod exactly once, whenever the master dies: first its uid is put into the status, then its finalizer goes, then the
 * uid becomes a number. Source: KEP-2307 (job tracking without lingering pods).
 */
export function track(job: Job, pods: readonly Pod[], judgement: Judgement, now: Millis): Tracking {
  const before = job.status ?? {};
  const tracked = pods.filter(isTracked);
  const settled = settle(before, new Set(tracked.map(({ metadata }) => metadata.uid ?? '')));
  const { countedPods, uncounted, newIndexes } = count(job, tracked, { judgement, uncounted: settled.uncounted });
  const { active, terminating } = judgement;
  const hasOutcome = outcomeIn(before) !== undefined;
  const isEmpty = tracked.length + active.length + terminating.length + sizeOf(uncounted) === 0;
  const conditions = conditionsOf(job, judgement.outcome, { isOver: hasOutcome && isEmpty, now });
  const indexes = isIndexed(job) ? indexLists(job, judgement, newIndexes) : { succeeded: settled.succeeded };
  const { succeeded, ...lists } = indexes;
  const status: JobStatus = {
    ...(conditions.length > 0 ? { conditions: [...conditions] } : {}),
    ...times(job, conditions, now),
    ...countAs('active', active.length),
    ready: active.filter(isPodReady).length,
    terminating: terminating.length,
    ...countAs('succeeded', succeeded),
    ...countAs('failed', settled.failed),
    ...lists,
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length > 0 ? { succeeded: [...uncounted.succeeded] } : {}),
      ...(uncounted.failed.length > 0 ? { failed: [...uncounted.failed] } : {}),
    },
  };
  return { status, countedPods };
}

/** uids of pods that are about to be counted. */
interface Uncounted {
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
}

function sizeOf({ succeeded, failed }: Uncounted): number {
  return succeeded.length + failed.length;
}

/** Whose finalizer is gone becomes a number. */
function settle(before: JobStatus, tracked: ReadonlySet<string>) {
  const { succeeded = [], failed = [] } = before.uncountedTerminatedPods ?? {};
  const stays = (uid: string) => tracked.has(uid);
  const uncounted: Uncounted = { succeeded: succeeded.filter(stays), failed: failed.filter(stays) };
  return {
    uncounted,
    succeeded: (before.succeeded ?? 0) + succeeded.length - uncounted.succeeded.length,
    failed: (before.failed ?? 0) + failed.length - uncounted.failed.length,
  };
}

interface Counted {
  readonly countedPods: readonly Pod[];
  readonly uncounted: Uncounted;
  /** Indexes that succeeded need no uid: an index counts once anyway. */
  readonly newIndexes: readonly number[];
}

function count(
  job: Job,
  tracked: readonly Pod[],
  { judgement, uncounted }: { readonly judgement: Judgement; readonly uncounted: Uncounted },
): Counted {
  const { completions = 0 } = job.spec;
  const known = readIndexes(job.status?.completedIndexes, completions);
  const failed = readIndexes(job.status?.failedIndexes, completions);
  const inFailed = new Set(uncounted.failed);
  const inSucceeded = new Set(uncounted.succeeded);
  const newIndexes = new Set<number>();
  const countedPods: Pod[] = [];
  for (const pod of tracked) {
    const uid = pod.metadata.uid ?? '';
    const isKnown = inFailed.has(uid) || inSucceeded.has(uid);
    const isFull = newIndexes.size + inSucceeded.size + inFailed.size >= MAX_UNCOUNTED;
    if (!isKnown && (isFull || !mayBeCounted(pod, job, judgement))) continue;
    countedPods.push(pod);
    if (isKnown) continue;
    const index = indexOf(pod, job);
    if (isPodSucceeded(pod)) {
      if (!isIndexed(job)) inSucceeded.add(uid);
      else if (index !== undefined && !hasIndex(known, index) && !hasIndex(failed, index)) newIndexes.add(index);
    } else if (isFailure(pod, job) && (!isIndexed(job) || index !== undefined)) {
      inFailed.add(uid);
    }
  }
  return {
    countedPods,
    uncounted: { succeeded: [...inSucceeded], failed: [...inFailed] },
    newIndexes: [...newIndexes],
  };
}

/** It has ended; or its Job has, in writing, and has deleted it; or its Job is being deleted. */
function mayBeCounted(pod: Pod, job: Job, { active, awaitingSuccessor }: Judgement): boolean {
  if (job.metadata.deletionTimestamp || isPodSucceeded(pod)) return true;
  if (outcomeIn(job.status ?? {}) && active.length === 0) return true;
  if (!isPodFailed(pod, job)) return false;
  const index = indexOf(pod, job);
  return index === undefined || awaitingSuccessor.get(index) !== pod;
}

/** A Job that failed takes the pods that it had to delete for failures. */
function isFailure(pod: Pod, job: Job): boolean {
  if (isPodFailed(pod, job)) return countsAsFailure(pod, job);
  return outcomeIn(job.status ?? {})?.type === 'FailureTarget';
}

function indexLists(job: Job, { failedIndexes }: Judgement, newIndexes: readonly number[]) {
  const known = readIndexes(job.status?.completedIndexes, job.spec.completions ?? 0);
  const completed = withIndexes(known, newIndexes);
  const text = writeIndexes(completed);
  return {
    succeeded: countIndexes(completed),
    ...(text === '' ? {} : { completedIndexes: text }),
    ...(failedIndexes === undefined ? {} : { failedIndexes: writeIndexes(failedIndexes) }),
  };
}

function conditionsOf(
  job: Job,
  outcome: Outcome | undefined,
  { isOver, now }: { readonly isOver: boolean; readonly now: Millis },
): readonly JobCondition[] {
  const before = job.status?.conditions ?? [];
  if (!outcome) return job.metadata.deletionTimestamp ? before : withCondition(before, suspension(job), now);
  const conditions = withCondition(before, { ...outcome, status: 'True' }, now);
  if (!isOver) return conditions;
  const type = outcome.type === 'FailureTarget' ? 'Failed' : 'Complete';
  return withCondition(conditions, { ...outcome, type, status: 'True' }, now);
}

function suspension({ spec }: Job) {
  return spec.suspend
    ? ({ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' } as const)
    : ({ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' } as const);
}

/**
 * A Job that is resumed starts anew: its deadline is one of uninterrupted work. It never completes before it began, which validation
 * refuses: the date may have been set back meanwhile.
 */
function times(
  job: Job,
  conditions: readonly JobCondition[],
  now: Millis,
): Pick<JobStatus, 'startTime' | 'completionTime'> {
  const { startTime: before, completionTime, conditions: old = [] } = job.status ?? {};
  const statusOf = (list: readonly JobCondition[], type: string) => list.find((one) => one.type === type)?.status;
  const isResumed = statusOf(old, 'Suspended') === 'True' && statusOf(conditions, 'Suspended') === 'False';
  const isComplete = statusOf(conditions, 'Complete') === 'True';
  const isOver = isComplete || statusOf(conditions, 'Failed') === 'True';
  // One that ends while it is suspended has never begun, and is asked for a beginning all the same.
  const isWaiting = job.spec.suspend && !isOver;
  const startTime = (isResumed ? undefined : before) ?? (isWaiting ? undefined : toRfc3339(now));
  const endsAt = Math.max(now, Date.parse(startTime ?? '') || now);
  return {
    ...(startTime ? { startTime } : {}),
    ...(isComplete ? { completionTime: completionTime ?? toRfc3339(endsAt) } : {}),
  };
}
