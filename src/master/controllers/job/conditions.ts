import type { JobCondition, JobStatus } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';

export type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

/** What a condition tells. */
export interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** How a Job is going to end; it does as soon as its last pod has. */
export interface Outcome extends Reason {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget';
}

export const BACKOFF_LIMIT_EXCEEDED: Outcome = {
  type: 'FailureTarget',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
export const DEADLINE_EXCEEDED: Outcome = {
  type: 'FailureTarget',
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
};
export const MAX_FAILED_INDEXES_EXCEEDED: Outcome = {
  type: 'FailureTarget',
  reason: 'MaxFailedIndexesExceeded',
  message: 'Job has exceeded the specified maximal number of failed indexes',
};
export const FAILED_INDEXES: Outcome = {
  type: 'FailureTarget',
  reason: 'FailedIndexes',
  message: 'Job has failed indexes',
};
export const COMPLETIONS_REACHED: Outcome = {
  type: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

/** The outcome that is written in a Job already: it stands. */
export function outcomeIn({ conditions = [] }: JobStatus): Outcome | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const condition = conditions.find((one) => one.type === type && one.status === 'True');
    if (condition) return { type, reason: condition.reason ?? '', message: condition.message ?? '' };
  }
  return undefined;
}

/** Sets a condition; the same list when that says nothing new. One that is not there is not set to False. */
export function withCondition(
  conditions: readonly JobCondition[],
  condition: Reason & { readonly type: ConditionType; readonly status: 'True' | 'False' },
  now: Millis,
): readonly JobCondition[] {
  const { type, status, reason, message } = condition;
  const at = conditions.findIndex((one) => one.type === type);
  const before = conditions[at];
  if (!before && status === 'False') return conditions;
  if (before?.status === status && before.reason === reason && before.message === message) return conditions;
  const time = toRfc3339(now);
  const changed = { type, status, reason, message, lastProbeTime: time, lastTransitionTime: time };
  return before ? conditions.with(at, changed) : [...conditions, changed];
}
