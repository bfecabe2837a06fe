import type { Job, JobCondition, JobStatus } from '../../../api/types.ts';

export interface JobEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What a change of a Job's status is worth telling. @param after what is written over the status of `job` */
export function eventsOf({ spec, status }: Job, after: JobStatus): JobEvent[] {
  const isNew = ({ type, status: value }: JobCondition) =>
    !status?.conditions?.some((before) => before.type === type && before.status === value);
  return (after.conditions ?? []).filter(isNew).flatMap((condition): JobEvent[] => {
    const { type, reason = '', message = '' } = condition;
    if (type === 'Failed') return [{ type: 'Warning', reason, message }];
    if (type === 'Suspended') {
      return [{ type: 'Normal', reason: condition.status === 'True' ? 'Suspended' : 'Resumed', message }];
    }
    if (type !== 'Complete') return [];
    const isTooMany = spec.completions !== undefined && (after.succeeded ?? 0) > spec.completions;
    return [...(isTooMany ? [TOO_MANY] : []), { type: 'Normal', reason: 'Completed', message: 'Job completed' }];
  });
}

const TOO_MANY: JobEvent = {
  type: 'Warning',
  reason: 'TooManySucceededPods',
  message: 'Too many succeeded pods running after completion count reached',
};
