import type { CronJob, CronJobStatus, Job } from '../../../api/types.ts';

export type JobReference = NonNullable<CronJobStatus['active']>[number];

export interface CronJobEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What became of the Jobs of a CronJob. */
export interface Children {
  readonly active: readonly JobReference[];
  readonly lastSuccessfulTime: string | undefined;
  /** Finished Jobs over the limits of its history. */
  readonly outdated: readonly Job[];
  readonly events: readonly CronJobEvent[];
}

/** Compares the Jobs that there are with those that the status knows as active. */
export function observe({ spec, status = {} }: CronJob, jobs: readonly Job[]): Children {
  const outdated = [
    ...outdatedOf(jobs, 'Complete', spec.successfulJobsHistoryLimit),
    ...outdatedOf(jobs, 'Failed', spec.failedJobsHistoryLimit),
  ];
  const isOutdated = new Set(outdated.map(({ metadata }) => metadata.uid));
  // What is deleted for its age is told of by that alone.
  const known = (status.active ?? []).filter(({ uid }) => !isOutdated.has(uid));
  const byUid = new Map(jobs.map((job) => [job.metadata.uid, job]));
  const gone = known.filter(({ uid }) => !byUid.has(uid));
  const done = known.flatMap(({ uid }) => byUid.get(uid) ?? []).filter((job) => endOf(job));
  const isActive = new Set(known.map(({ uid }) => uid));
  const unexpected = jobs.filter((job) => !endOf(job) && !isActive.has(job.metadata.uid));
  const leaves = new Set([...gone.map(({ uid }) => uid), ...done.map(({ metadata }) => metadata.uid)]);
  return {
    active: known.filter(({ uid }) => !leaves.has(uid)),
    lastSuccessfulTime: lastSuccess(status.lastSuccessfulTime, jobs),
    outdated,
    events: [
      ...unexpected.map(({ metadata }) => unexpectedJob(metadata.name)),
      ...done.map((job) => sawCompletedJob(job.metadata.name, endOf(job) ?? '')),
      ...gone.map(({ name = '' }) => missingJob(name)),
    ],
  };
}

function endOf({ status }: Job): 'Complete' | 'Failed' | undefined {
  const isTrue = (type: string) =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === 'True');
  if (isTrue('Complete')) return 'Complete';
  return isTrue('Failed') ? 'Failed' : undefined;
}

/** The oldest, by their start; one that is being deleted is on its way. */
function outdatedOf(jobs: readonly Job[], end: 'Complete' | 'Failed', limit: number | undefined): Job[] {
  if (limit === undefined) return [];
  const finished = jobs.filter((job) => endOf(job) === end);
  const surplus = Math.max(0, finished.length - limit);
  return finished
    .sort((a, b) => startOf(a) - startOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .slice(0, surplus)
    .filter(({ metadata }) => !metadata.deletionTimestamp);
}

function startOf({ status }: Job): number {
  return Date.parse(status?.startTime ?? '') || 0;
}

function lastSuccess(known: string | undefined, jobs: readonly Job[]): string | undefined {
  return jobs
    .filter((job) => endOf(job) === 'Complete')
    .flatMap(({ status }) => status?.completionTime ?? [])
    .reduce((last, time) => (last === undefined || Date.parse(time) > Date.parse(last) ? time : last), known);
}

function unexpectedJob(name: string): CronJobEvent {
  const message = `Saw a job that the controller did not create or forgot: ${name}`;
  return { type: 'Warning', reason: 'UnexpectedJob', message };
}

function sawCompletedJob(name: string, condition: string): CronJobEvent {
  const message = `Saw completed job: ${name}, condition: ${condition}`;
  return { type: 'Normal', reason: 'SawCompletedJob', message };
}

function missingJob(name: string): CronJobEvent {
  return { type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${name}` };
}
