import { durationText } from '../../meta/age.ts';
import type { Column } from '../../registry.ts';
import type { Job, JobStatus } from '../../types.ts';
import { AGE, NAME } from '../columns.ts';
import { containerColumns, text, wide } from '../workload/columns.ts';
import { selectorText } from '../workload/selector.ts';
import { isConditionTrue } from './status-validation.ts';

export const JOB_COLUMNS: readonly Column<Job>[] = [
  NAME,
  text('Status', 'How far the Job is: Running, Complete, Failed, ...', statusText),
  text('Completions', 'Pods that succeeded, of those that have to.', completionsText),
  { ...text<Job>('Duration', 'From the start to the end, or until now.', () => ''), cell: durationCell },
  AGE,
  ...containerColumns<Job>(({ spec }) => spec?.template),
  wide('Selector', 'Labels of its pods.', ({ spec }) => selectorText(spec?.selector) || '<none>'),
];

function statusText({ metadata, status = {} }: Job): string {
  if (isConditionTrue(status, 'Complete')) return 'Complete';
  if (isConditionTrue(status, 'Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (isConditionTrue(status, 'Suspended')) return 'Suspended';
  return isConditionTrue(status, 'FailureTarget') ? 'FailureTarget' : 'Running';
}

function completionsText({ spec, status = {} }: Job): string {
  const done = status.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${done}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function durationCell({ status = {} }: Job, nowMs: number): string {
  const { startTime, completionTime }: JobStatus = status;
  if (!startTime) return '';
  const endMs = completionTime ? Date.parse(completionTime) : nowMs;
  return durationText(endMs - Date.parse(startTime));
}
