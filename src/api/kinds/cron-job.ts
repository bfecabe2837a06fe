import { ageText } from '../meta/age.ts';
import type { Column, KindDefinition } from '../registry.ts';
import type { CronJob } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { validateCronJob } from './cron-job/validation.ts';
import { setJobTemplateDefaults } from './job/defaults.ts';
import { containerColumns, count, text, wide } from './workload/columns.ts';
import { nameWarnings } from './workload/name-warnings.ts';
import { selectorText } from './workload/selector.ts';
import { givenSpec, templateWarnings } from './workload/template.ts';

const NONE = '<none>';

const COLUMNS: readonly Column<CronJob>[] = [
  NAME,
  text('Schedule', 'When Jobs are made.', ({ spec }) => spec.schedule ?? ''),
  text('Timezone', 'Where the schedule is read.', ({ spec }) => spec.timeZone ?? NONE),
  // The type is Kubernetes' own, and so is the text in it.
  { ...text<CronJob>('Suspend', 'Whether no Jobs are made for now.', suspendText), type: 'boolean' },
  count('Active', 'Jobs that are not done.', ({ status }) => status?.active?.length ?? 0),
  {
    ...text<CronJob>('Last Schedule', 'Time since the last Job was due.', () => ''),
    cell: ({ status }, nowMs) => (status?.lastScheduleTime ? ageText(status.lastScheduleTime, nowMs) : NONE),
  },
  AGE,
  ...containerColumns<CronJob>(({ spec }) => spec.jobTemplate?.spec?.template),
  wide('Selector', 'Labels of its pods.', ({ spec }) => selectorText(spec.jobTemplate?.spec?.selector) || NONE),
];

export const CRON_JOB: KindDefinition<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  columns: COLUMNS,
  strategy: {
    setDefaults,
    prepareForCreate(cronJob) {
      cronJob.status = {};
    },
    validate: validateCronJob,
    warnings: (cronJob) => [
      ...nameWarnings(cronJob),
      ...templateWarnings(cronJob.spec.jobTemplate.spec.template, 'spec.jobTemplate.spec.template'),
    ],
  },
};

/** Source: batch/v1, SetDefaults_CronJob. The Jobs' own defaults are left to each Job. */
function setDefaults(cronJob: CronJob): void {
  const spec = givenSpec(cronJob);
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  spec.jobTemplate ??= { spec: { template: { spec: { containers: [] } } } };
  spec.jobTemplate.spec ??= { template: { spec: { containers: [] } } };
  setJobTemplateDefaults(spec.jobTemplate.spec);
}

function suspendText({ spec }: CronJob): string {
  if (spec.suspend === undefined) return '<unset>';
  return spec.suspend ? 'True' : 'False';
}
