import { isDeepStrictEqual } from 'node:util';
import type { Job, JobSpec } from '../../types.ts';
import { givenSpec, setTemplateDefaults } from '../workload/template.ts';

/** On the pods of a Job, and in its selector: the Job's uid. */
export const CONTROLLER_UID_LABEL = 'batch.kubernetes.io/controller-uid';
export const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name';
/** The names from before labels had domains; clients still select by them. */
export const LEGACY_CONTROLLER_UID_LABEL = 'controller-uid';
export const LEGACY_JOB_NAME_LABEL = 'job-name';

const DEFAULT_BACKOFF_LIMIT = 6;
const MAX_INT32 = 2 ** 31 - 1;

/** Source: batch/v1, SetDefaults_Job. */
export function setJobDefaults(job: Job): void {
  setJobTemplateDefaults(givenSpec(job));
  const { spec } = job;
  // A Job that runs one pod to its end is what both left out means.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  // With a limit for each index, the one for all only holds if it is asked for.
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? DEFAULT_BACKOFF_LIMIT : MAX_INT32;
  if (Object.keys(job.metadata.labels ?? {}).length === 0) setLabelsFromTemplate(job);
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}

/** The defaults that a Job's spec has inside of a CronJob, too: those of its parts. */
export function setJobTemplateDefaults(spec: Partial<JobSpec>): void {
  setTemplateDefaults(spec);
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  }
}

/** What only the server sets: an empty status, and, unless the Job brings its own, the selector by its uid. */
export function prepareJobForCreate(job: Job): void {
  job.status = {};
  if (job.spec.manualSelector) return;
  const { template } = job.spec;
  // Labels that are the template's by default follow what is added to it here.
  const isDefaultLabels = isDeepStrictEqual(job.metadata.labels ?? {}, template.metadata?.labels ?? {});
  // One without a name is for validation to refuse.
  const { name = '', uid = '' } = job.metadata;
  template.metadata = {
    ...template.metadata,
    // What a client set there stays, for validation to refuse when it is wrong.
    labels: {
      [CONTROLLER_UID_LABEL]: uid,
      [JOB_NAME_LABEL]: name,
      [LEGACY_CONTROLLER_UID_LABEL]: uid,
      [LEGACY_JOB_NAME_LABEL]: name,
      ...template.metadata?.labels,
    },
  };
  const { matchLabels } = job.spec.selector ?? {};
  job.spec.selector = { ...job.spec.selector, matchLabels: { [CONTROLLER_UID_LABEL]: uid, ...matchLabels } };
  if (isDefaultLabels) setLabelsFromTemplate(job);
}

function setLabelsFromTemplate(job: Job): void {
  const labels = job.spec.template.metadata?.labels;
  if (labels) job.metadata.labels = { ...labels };
}
