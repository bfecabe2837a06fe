import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, invalid, ofEach, required } from '../../meta/field-errors.ts';
import type { Job, JobStatus } from '../../types.ts';
import { validateNonNegative } from '../workload/counts.ts';
import { invalidWithoutValue } from './field-errors.ts';
import { firstOverlap, IndexesError, type IndexRange, parseIndexes } from './indexes.ts';
import { indexesCauses } from './success-policy.ts';

type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;

export function isConditionTrue({ conditions = [] }: JobStatus, type: ConditionType): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === 'True');
}

/** Complete or Failed: nothing of it changes any more. */
export function isJobFinished({ status = {} }: Job): boolean {
  return isConditionTrue(status, 'Complete') || isConditionTrue(status, 'Failed');
}

/** What a controller, ours or the one of spec.managedBy, may not make of a status (batch/validation, ValidateJobUpdateStatus). */
export function validateJobStatusUpdate(job: Job, old: Job): StatusCause[] {
  return [
    ...validateNonNegative(job.status, 'status', COUNTS),
    ...uncountedCauses(job.status ?? {}),
    ...conditionCauses(job),
    ...timeCauses(job.status ?? {}),
    ...finishedCauses(job),
    ...indexListCauses(job),
    ...countCauses(job.status ?? {}),
    ...transitionCauses(job, old),
  ];
}

function uncountedCauses({ uncountedTerminatedPods }: JobStatus): StatusCause[] {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    ofEach(uncountedTerminatedPods?.[list], `status.uncountedTerminatedPods.${list}`, (uid, path) => {
      if (!uid) return [invalid(path, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(path, uid)];
      seen.add(uid);
      return [];
    }),
  );
}

/** Which conditions exclude, and which ask for, each other. */
function conditionCauses({ spec, status = {} }: Job): StatusCause[] {
  const is = (type: ConditionType) => isConditionTrue(status, type);
  const rules: [isBroken: boolean, text: string][] = [
    [is('Complete') && is('Failed'), 'cannot set Complete=True and Failed=true conditions'],
    [is('Complete') && is('FailureTarget'), 'cannot set Complete=True and FailureTarget=true conditions'],
    [is('Failed') && !is('FailureTarget'), 'cannot set Failed=True condition without the FailureTarget=true condition'],
    [
      is('Complete') && !is('SuccessCriteriaMet'),
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    [is('SuccessCriteriaMet') && is('Failed'), 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
    [
      is('SuccessCriteriaMet') && is('FailureTarget'),
      'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
    [
      spec.successPolicy !== undefined && !is('SuccessCriteriaMet') && is('Complete'),
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, text]) => invalidWithoutValue('status.conditions', text));
}

function timeCauses(status: JobStatus): StatusCause[] {
  const { startTime, completionTime } = status;
  const isComplete = isConditionTrue(status, 'Complete');
  const field = 'status.completionTime';
  if (!completionTime) {
    return isComplete ? [required(field, 'completionTime is required for Complete jobs')] : [];
  }
  const isBefore = startTime !== undefined && Date.parse(completionTime) < Date.parse(startTime);
  return [
    ...(isComplete
      ? []
      : [invalid(field, completionTime, 'cannot set completionTime when there is no Complete=True condition')]),
    ...(isBefore ? [invalid(field, completionTime, 'completionTime cannot be set before startTime')] : []),
  ];
}

function finishedCauses(job: Job): StatusCause[] {
  if (!isJobFinished(job)) return [];
  const { active = 0, startTime, terminating = 0, uncountedTerminatedPods: uncounted } = job.status ?? {};
  const hasUncounted = (uncounted?.failed?.length ?? 0) + (uncounted?.succeeded?.length ?? 0) > 0;
  const notEmpty = 'uncountedTerminatedPods needs to be empty for finished job';
  return [
    ...(active > 0 ? [invalid('status.active', active, 'active>0 is invalid for finished job')] : []),
    ...(startTime ? [] : [required('status.startTime', 'startTime is required for finished job')]),
    ...(hasUncounted ? [invalid('status.uncountedTerminatedPods', uncounted, notEmpty)] : []),
    ...(terminating > 0
      ? [invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job')]
      : []),
  ];
}

function indexListCauses({ spec, status = {} }: Job): StatusCause[] {
  const { completedIndexes = '', failedIndexes } = status;
  const { completions, backoffLimitPerIndex, completionMode } = spec;
  const causes: StatusCause[] = [];
  if (completions !== undefined) {
    causes.push(...indexesCauses(completedIndexes, completions, 'status.completedIndexes', 'completedIndexes'));
    if (failedIndexes !== undefined && backoffLimitPerIndex !== undefined) {
      causes.push(...indexesCauses(failedIndexes, completions, 'status.failedIndexes', 'failedIndexes'));
    }
  }
  if (completedIndexes !== '' && completionMode !== 'Indexed') {
    const text = 'cannot set non-empty completedIndexes when non-indexed completion mode';
    causes.push(invalid('status.completedIndexes', completedIndexes, text));
  }
  if (failedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    const text = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
    causes.push(invalid('status.failedIndexes', failedIndexes, text));
  }
  if (completions === undefined || failedIndexes === undefined) return causes;
  const overlap = firstOverlap(rangesIn(completedIndexes, completions), rangesIn(failedIndexes, completions));
  if (overlap === undefined) return causes;
  const text = `failedIndexes and completedIndexes overlap at index: ${overlap}`;
  return [...causes, invalid('status.failedIndexes', failedIndexes, text)];
}

/** The indexes of a list that is one: what is wrong with another has been said. */
function rangesIn(text: string, completions: number): IndexRange[] {
  try {
    return parseIndexes(text, completions);
  } catch (err) {
    if (!(err instanceof IndexesError)) throw err;
    return [];
  }
}

function countCauses({ ready = 0, active = 0 }: JobStatus): StatusCause[] {
  return ready > active ? [invalid('status.ready', ready, 'cannot set more ready pods than active')] : [];
}

/** What is final stays, and what counts up does not count down. */
function transitionCauses(job: Job, { status: before = {} }: Job): StatusCause[] {
  const { spec, status = {} } = job;
  const lost = (['Failed', 'Complete', 'FailureTarget'] as const).filter(
    (type) => isConditionTrue(before, type) && !isConditionTrue(status, type),
  );
  const isMet = isConditionTrue(status, 'SuccessCriteriaMet');
  const wasMet = isConditionTrue(before, 'SuccessCriteriaMet');
  // Indexes above a lowered spec.completions are forgotten: then succeeded falls.
  const mayFall = spec.completionMode === 'Indexed';
  const falls = (name: 'failed' | 'succeeded') =>
    (status[name] ?? 0) < (before[name] ?? 0)
      ? [invalid(`status.${name}`, status[name] ?? 0, `cannot decrease the ${name} counter`)]
      : [];
  const { completionTime, startTime } = status;
  const isMoved = completionTime && before.completionTime && completionTime !== before.completionTime;
  // Whoever resumes a Job lets it start anew.
  const isResumed = isConditionTrue(before, 'Suspended') && !isConditionTrue(status, 'Suspended');
  const isStartMoved = before.startTime !== undefined && startTime !== before.startTime && !spec.suspend && !isResumed;
  return [
    ...lost.map((type) =>
      invalidWithoutValue('status.conditions', `cannot disable the terminal ${type}=True condition`),
    ),
    ...falls('failed'),
    ...(mayFall ? [] : falls('succeeded')),
    ...(isMoved ? [invalid('status.completionTime', completionTime, 'completionTime cannot be mutated')] : []),
    ...(isStartMoved ? [required('status.startTime', 'startTime cannot be removed for unsuspended job')] : []),
    ...(wasMet && !isMet
      ? [invalidWithoutValue('status.conditions', 'cannot disable the SuccessCriteriaMet=True condition')]
      : []),
    ...(isConditionTrue(before, 'Complete') && !wasMet && isMet
      ? [
          invalidWithoutValue(
            'status.conditions',
            'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
          ),
        ]
      : []),
  ];
}
