import { countIndexes, type IndexRange } from '../../../api/kinds/job/indexes.ts';
import type { Job, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { isPodActive, isPodTerminating } from '../workload/pod-state.ts';
import {
  BACKOFF_LIMIT_EXCEEDED,
  COMPLETIONS_REACHED,
  DEADLINE_EXCEEDED,
  FAILED_INDEXES,
  MAX_FAILED_INDEXES_EXCEEDED,
  type Outcome,
  outcomeIn,
} from './conditions.ts';
import { judgeFailure } from './failure-policy.ts';
import { hasIndex, readIndexes, withIndexes } from './index-ranges.ts';
import { failuresBefore, finishedAt, indexOf, isIndexed, isPodFailed, isPodSucceeded, isTracked } from './pod-facts.ts';
import { successRuleMet } from './success-policy.ts';

/** What a Job's pods, those that are not in its status yet among them, amount to. */
export interface Judgement {
  readonly active: readonly Pod[];
  readonly terminating: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  /** Of Indexed Jobs. */
  readonly succeededIndexes: readonly IndexRange[];
  /** Of Jobs with a backoffLimitPerIndex. */
  readonly failedIndexes: readonly IndexRange[] | undefined;
  /** The last failed pod of indexes that are to be tried again: kept until its successor has taken over its count. */
  readonly awaitingSuccessor: ReadonlyMap<number, Pod>;
  readonly outcome: Outcome | undefined;
}

/** @param pods all that the Job owns */
export function judge(job: Job, pods: readonly Pod[], now: Millis): Judgement {
  const active = pods.filter(isPodActive);
  const succeededIndexes = isIndexed(job) ? succeededIndexesOf(job, pods) : [];
  const failedIndexes =
    job.spec.backoffLimitPerIndex === undefined ? undefined : failedIndexesOf(job, pods, succeededIndexes);
  const facts = {
    active,
    terminating: pods.filter(isPodTerminating),
    succeeded: isIndexed(job) ? countIndexes(succeededIndexes) : countOf(job, pods, 'succeeded'),
    failed: countOf(job, pods, 'failed'),
    succeededIndexes,
    failedIndexes,
  };
  return {
    ...facts,
    awaitingSuccessor: failedIndexes ? awaitingSuccessor(job, pods, facts) : new Map(),
    outcome: outcomeOf(job, pods, facts, now),
  };
}

type Facts = Omit<Judgement, 'outcome' | 'awaitingSuccessor'>;

/** Counted, about to be, or new. */
function countOf(job: Job, pods: readonly Pod[], what: 'succeeded' | 'failed'): number {
  const { uncountedTerminatedPods, ...counts } = job.status ?? {};
  const uncounted = new Set(uncountedTerminatedPods?.[what]);
  const isNew = (pod: Pod) => {
    if (!isTracked(pod) || uncounted.has(pod.metadata.uid ?? '')) return false;
    if (isIndexed(job) && indexOf(pod, job) === undefined) return false;
    return what === 'succeeded' ? isPodSucceeded(pod) : countsAsFailure(pod, job);
  };
  return (counts[what] ?? 0) + uncounted.size + pods.filter(isNew).length;
}

export function countsAsFailure(pod: Pod, job: Job): boolean {
  return isPodFailed(pod, job) && judgeFailure(pod, job.spec.podFailurePolicy).action !== 'Ignore';
}

function succeededIndexesOf(job: Job, pods: readonly Pod[]): IndexRange[] {
  const known = readIndexes(job.status?.completedIndexes, job.spec.completions ?? 0);
  return withIndexes(
    known,
    indexesOf(
      pods.filter((pod) => isTracked(pod) && isPodSucceeded(pod)),
      job,
    ),
  );
}

/** An index that succeeded stays so, whatever other pods of it there were. */
function failedIndexesOf(job: Job, pods: readonly Pod[], succeeded: readonly IndexRange[]): IndexRange[] {
  const known = readIndexes(job.status?.failedIndexes, job.spec.completions ?? 0);
  const failed = pods.filter((pod) => isTracked(pod) && failsIndex(pod, job));
  return withIndexes(
    known,
    indexesOf(failed, job).filter((index) => !hasIndex(succeeded, index)),
  );
}

/** Its pod failed once too often, or in a way that another one would, too. */
function failsIndex(pod: Pod, job: Job): boolean {
  if (!isPodFailed(pod, job)) return false;
  const { action } = judgeFailure(pod, job.spec.podFailurePolicy);
  if (action === 'FailIndex') return true;
  return action !== 'Ignore' && failuresBefore(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0);
}

function indexesOf(pods: readonly Pod[], job: Job): number[] {
  return pods.flatMap((pod) => indexOf(pod, job) ?? []);
}

function awaitingSuccessor(
  job: Job,
  pods: readonly Pod[],
  { active, succeededIndexes, failedIndexes = [] }: Facts,
): Map<number, Pod> {
  const running = new Set(indexesOf(active, job));
  const last = new Map<number, Pod>();
  for (const pod of pods) {
    const index = isTracked(pod) && isPodFailed(pod, job) ? indexOf(pod, job) : undefined;
    if (index === undefined || running.has(index)) continue;
    if (hasIndex(succeededIndexes, index) || hasIndex(failedIndexes, index)) continue;
    const before = last.get(index);
    if (!before || isLaterFailure(pod, before)) last.set(index, pod);
  }
  return last;
}

function isLaterFailure(pod: Pod, before: Pod): boolean {
  const total = (of: Pod) => failuresBefore(of).counted + failuresBefore(of).ignored;
  return total(before) <= total(pod) && finishedAt(before) <= finishedAt(pod);
}

/** What is written stands; else failures come before success. */
function outcomeOf(job: Job, pods: readonly Pod[], facts: Facts, now: Millis): Outcome | undefined {
  return outcomeIn(job.status ?? {}) ?? failureOf(job, pods, facts, now) ?? successOf(job, facts);
}

function failureOf(job: Job, pods: readonly Pod[], facts: Facts, now: Millis): Outcome | undefined {
  const { backoffLimit = 6, maxFailedIndexes, completions = 0, podFailurePolicy } = job.spec;
  const message = podFailurePolicy && failJobMessage(job, pods);
  if (message) return { type: 'FailureTarget', reason: 'PodFailurePolicy', message };
  if (facts.failed > backoffLimit || hasRestartedTooOften(job, pods)) return BACKOFF_LIMIT_EXCEEDED;
  if ((untilDeadlineMs(job, now) ?? 1) <= 0) return DEADLINE_EXCEEDED;
  const failedIndexes = countIndexes(facts.failedIndexes ?? []);
  if (maxFailedIndexes !== undefined && failedIndexes > maxFailedIndexes) return MAX_FAILED_INDEXES_EXCEEDED;
  const isThrough = failedIndexes + countIndexes(facts.succeededIndexes) >= completions;
  return failedIndexes > 0 && isThrough ? FAILED_INDEXES : undefined;
}

function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  for (const pod of pods) {
    const { message } = isPodFailed(pod, job) ? judgeFailure(pod, job.spec.podFailurePolicy) : {};
    if (message) return message;
  }
  return undefined;
}

/** With restartPolicy OnFailure containers fail within their pod. */
function hasRestartedTooOften({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  return restarts >= Math.max(1, spec.backoffLimit ?? 6);
}

/** @returns ms; undefined for a Job that may take as long as it likes, has not begun, or is suspended */
export function untilDeadlineMs({ spec, status }: Job, now: Millis): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || !status?.startTime || spec.suspend) return undefined;
  return Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - now;
}

/** The success policy may be met while pods run; a number of completions is reached when the last of them has ended. */
function successOf(job: Job, { active, succeeded, succeededIndexes }: Facts): Outcome | undefined {
  const rule = successRuleMet(job, succeededIndexes);
  if (rule !== undefined) {
    return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
  }
  const { completions } = job.spec;
  const isReached = completions === undefined ? succeeded > 0 : succeeded >= completions;
  return isReached && active.length === 0 ? COMPLETIONS_REACHED : undefined;
}
