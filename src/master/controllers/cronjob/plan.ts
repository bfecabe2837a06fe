import { parseSchedule, ScheduleError } from '../../../api/kinds/cron-job/schedule.ts';
import type { CronJob, CronJobStatus, Job } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import { type Children, type CronJobEvent, type JobReference, observe } from './children.ts';
import { type Due, dueTime, lastSeenTo, type NextTime, ScheduleNeverDueError } from './due.ts';
import { jobName, jobOfCronJob } from './job-of-cron-job.ts';
import { TimeZone } from './local-time.ts';
import { nextTime } from './next-time.ts';

/** A moment after the time, so that it has come for certain. */
const AFTERWARDS_MS = 100;

/** What brings a CronJob to where it should be. */
export interface Plan {
  readonly events: readonly CronJobEvent[];
  /** Finished Jobs over the limits, and Jobs that the next one replaces. */
  readonly deletions: readonly { readonly name: string; readonly uid: string }[];
  /** The Job to make, and the time it is for. */
  readonly start?: { readonly job: Job; readonly dueAt: Millis };
  /** As it is with the deletions done and nothing started. */
  readonly status: CronJobStatus;
  /** When the next Job is due, in ms from now; nothing: not before the CronJob changes. */
  readonly againMs?: number;
}

/** @param jobs those that the CronJob manages */
export function plan(cronJob: CronJob, jobs: readonly Job[], now: Millis): Plan {
  const children = observe(cronJob, jobs);
  const { timing, events } = timingOf(cronJob);
  const base: Plan = {
    events: [...children.events, ...events],
    deletions: children.outdated.map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid ?? '' })),
    status: statusOf(cronJob, children),
  };
  if (!timing) return base;
  const decision = decide(cronJob, timing, { active: children.active, now });
  const againMs = untilNextMs(cronJob, timing.next, now);
  return {
    ...base,
    events: [...base.events, ...decision.events],
    deletions: [...base.deletions, ...(decision.replaced ?? []).map(({ name = '', uid = '' }) => ({ name, uid }))],
    ...(decision.start ? { start: decision.start } : {}),
    ...(decision.replaced ? { status: statusOf(cronJob, { ...children, active: [] }) } : {}),
    ...(againMs === undefined || decision.isNeverDue ? {} : { againMs }),
  };
}

/** The status once the Job was made. @param resourceVersion of the reference, as the API's references have it */
export function withStarted(status: CronJobStatus, { metadata }: Job, dueAt: Millis): CronJobStatus {
  const { name, namespace, uid, resourceVersion } = metadata;
  const reference: JobReference = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    name,
    ...(namespace ? { namespace } : {}),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  };
  return { ...status, active: [...(status.active ?? []), reference], lastScheduleTime: toRfc3339(dueAt) };
}

function statusOf({ status }: CronJob, { active, lastSuccessfulTime }: Children): CronJobStatus {
  const { active: _before, ...rest } = status ?? {};
  return {
    ...rest,
    ...(active.length > 0 ? { active: [...active] } : {}),
    ...(lastSuccessfulTime ? { lastSuccessfulTime } : {}),
  };
}

interface Timing {
  readonly next: NextTime;
  readonly zone: TimeZone;
}

/** Nothing is timed while the CronJob is suspended or on its way out, or with a schedule that validation would not let in. */
function timingOf({ metadata, spec }: CronJob): { readonly timing?: Timing; readonly events: readonly CronJobEvent[] } {
  if (metadata.deletionTimestamp || spec.suspend) return { events: [] };
  const quoted = JSON.stringify;
  try {
    const zone = new TimeZone(spec.timeZone);
    const schedule = parseSchedule(spec.schedule);
    return { timing: { zone, next: (after) => nextTime(schedule, zone, after) }, events: [] };
  } catch (error) {
    if (error instanceof RangeError) {
      const message = `invalid timeZone: ${quoted(spec.timeZone)}: unknown time zone ${spec.timeZone}`;
      return { events: [{ type: 'Warning', reason: 'UnknownTimeZone', message }] };
    }
    if (!(error instanceof ScheduleError)) throw error;
    const message = `unparseable schedule: ${quoted(spec.schedule)} : ${error.message}`;
    return { events: [{ type: 'Warning', reason: 'UnparseableSchedule', message }] };
  }
}

interface Decision {
  readonly events: readonly CronJobEvent[];
  readonly start?: Plan['start'];
  readonly replaced?: readonly JobReference[];
  readonly isNeverDue?: boolean;
}

function decide(
  cronJob: CronJob,
  { next, zone }: Timing,
  { active, now }: { readonly active: readonly JobReference[]; readonly now: Millis },
): Decision {
  const due = dueOf(cronJob, next, { now, horizon: horizonOf(cronJob, now) });
  if (due instanceof ScheduleNeverDueError) {
    const message = `invalid schedule: ${cronJob.spec.schedule} : ${due.message}`;
    return { events: [{ type: 'Warning', reason: 'InvalidSchedule', message }], isNeverDue: true };
  }
  const { time: dueAt, isTooManyMissed } = due;
  if (dueAt === undefined) return { events: missedBy(cronJob, next, now) };
  const events = isTooManyMissed ? [TOO_MANY_MISSED] : [];
  if (active.some(({ name }) => name === jobName(cronJob, dueAt))) return { events };
  const { concurrencyPolicy } = cronJob.spec;
  if (concurrencyPolicy === 'Forbid' && active.length > 0) return { events: [...events, JOB_ALREADY_ACTIVE] };
  const start = { job: jobOfCronJob(cronJob, dueAt, zone), dueAt };
  return { events, start, ...(concurrencyPolicy === 'Replace' && active.length > 0 ? { replaced: active } : {}) };
}

/** The last time that was due, when it is too late for it by now. */
function missedBy(cronJob: CronJob, next: NextTime, now: Millis): CronJobEvent[] {
  if (cronJob.spec.startingDeadlineSeconds === undefined) return [];
  const due = dueOf(cronJob, next, { now, horizon: Number.NEGATIVE_INFINITY });
  return due instanceof ScheduleNeverDueError || due.time === undefined ? [] : [missSchedule(due.time)];
}

function dueOf(
  cronJob: CronJob,
  next: NextTime,
  times: { readonly now: Millis; readonly horizon: Millis },
): Due | ScheduleNeverDueError {
  try {
    return dueTime(cronJob, next, times);
  } catch (error) {
    if (error instanceof ScheduleNeverDueError) return error;
    throw error;
  }
}

/** What was due before it is too late. */
function horizonOf({ spec }: CronJob, now: Millis): Millis {
  const { startingDeadlineSeconds: deadline } = spec;
  return deadline === undefined ? Number.NEGATIVE_INFINITY : now - deadline * 1000;
}

/** From the last time that was due, which `@every` counts on from. */
function untilNextMs(cronJob: CronJob, next: NextTime, now: Millis): number | undefined {
  const due = dueOf(cronJob, next, { now, horizon: Number.NEGATIVE_INFINITY });
  // The clock may have been set back behind what was seen to: then the time after that is waited for.
  const from = due instanceof ScheduleNeverDueError ? now : (due.time ?? lastSeenTo(cronJob));
  const at = next(from);
  return at === undefined ? undefined : Math.max(0, at - now) + AFTERWARDS_MS;
}

const TOO_MANY_MISSED: CronJobEvent = {
  type: 'Warning',
  reason: 'TooManyMissedTimes',
  message: 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
};

const JOB_ALREADY_ACTIVE: CronJobEvent = {
  type: 'Normal',
  reason: 'JobAlreadyActive',
  message: 'Not starting job because prior execution is running and concurrency policy is Forbid',
};

/** The time as RFC 1123 has it, with its offset in digits: `Tue, 01 Jan 2030 00:00:00 +0000`. */
function missSchedule(dueAt: Millis): CronJobEvent {
  const time = new Date(dueAt).toUTCString().replace('GMT', '+0000');
  return { type: 'Warning', reason: 'MissSchedule', message: `Missed scheduled time to start a job: ${time}` };
}
