import type { CronJob, Job } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { controllerReference } from '../workload/owner.ts';
import type { TimeZone } from './local-time.ts';

/** When the Job was due, where the CronJob reads its schedule. */
const SCHEDULED_TIMESTAMP = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** One name for one time: no Job is made twice. The number is minutes since 1970. */
export function jobName({ metadata }: CronJob, dueAt: Millis): string {
  return `${metadata.name}-${Math.floor(dueAt / 60_000)}`;
}

/** The Job that a CronJob makes for a time. */
export function jobOfCronJob(cronJob: CronJob, dueAt: Millis, zone: TimeZone): Job {
  const { metadata = {}, spec } = cronJob.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, dueAt),
      ...(cronJob.metadata.namespace ? { namespace: cronJob.metadata.namespace } : {}),
      ...(metadata.labels ? { labels: { ...metadata.labels } } : {}),
      annotations: { ...metadata.annotations, [SCHEDULED_TIMESTAMP]: zone.rfc3339(dueAt) },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec: structuredClone(spec),
  };
}
