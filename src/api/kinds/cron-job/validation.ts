import type { StatusCause } from '../../meta/errors.ts';
import { invalid, notSupported, required } from '../../meta/field-errors.ts';
import type { CronJob, JobTemplateSpec } from '../../types.ts';
import { jobSpecCauses } from '../job/spec-validation.ts';
import { validateNonNegative } from '../workload/counts.ts';
import { parseSchedule, ScheduleError } from './schedule.ts';

/** A Job's name is the CronJob's, a dash, and ten digits. */
const MAX_NAME = 52;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

/** Source: batch/validation, ValidateCronJobCreate. */
export function validateCronJob({ metadata, spec }: CronJob): StatusCause[] {
  const { schedule, timeZone, concurrencyPolicy } = spec;
  return [
    ...scheduleCauses(schedule, 'spec.schedule'),
    ...validateNonNegative(spec, 'spec', ['startingDeadlineSeconds']),
    ...(timeZone === undefined ? [] : timeZoneCauses(timeZone, 'spec.timeZone')),
    ...policyCauses(concurrencyPolicy, 'spec.concurrencyPolicy'),
    ...jobTemplateCauses(spec.jobTemplate, 'spec.jobTemplate'),
    ...validateNonNegative(spec, 'spec', ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']),
    ...((metadata.name ?? '').length > MAX_NAME
      ? [invalid('metadata.name', metadata.name, `must be no more than ${MAX_NAME} characters`)]
      : []),
  ];
}

function scheduleCauses(schedule: string | undefined, field: string): StatusCause[] {
  if (!schedule) return [required(field)];
  const wrong = syntaxErrors(schedule).map((message) => invalid(field, schedule, message));
  if (!schedule.includes('TZ')) return wrong;
  return [...wrong, invalid(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')];
}

/** A time zone in front is told of apart. */
function syntaxErrors(schedule: string): string[] {
  try {
    parseSchedule(schedule.replace(/^(CRON_)?TZ=\S*\s+/, ''));
    return [];
  } catch (err) {
    if (!(err instanceof ScheduleError)) throw err;
    return [err.message];
  }
}

/** Names of the IANA database as the API spells them; an offset is none. */
function timeZoneCauses(timeZone: string, field: string): StatusCause[] {
  if (timeZone === '') return [invalid(field, timeZone, 'timeZone must be nil or non-empty string')];
  const unknown = invalid(field, timeZone, `unknown time zone ${timeZone}`);
  const isPart = (part: string) => /^[A-Za-z._0-9+-]{1,14}$/.test(part) && !/^(\.{1,2}$|-)/.test(part);
  if (!timeZone.split('/').every(isPart)) return [unknown];
  if (timeZone.toLowerCase() === 'local') {
    const text = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    return [invalid(field, timeZone, text), ...(timeZone === 'Local' ? [] : [unknown])];
  }
  return isTimeZone(timeZone) ? [] : [unknown];
}

function isTimeZone(name: string): boolean {
  // Intl knows offsets as well, which are no names.
  if (name.startsWith('+')) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (err) {
    if (err instanceof RangeError) return false;
    throw err;
  }
}

function policyCauses(policy: string | undefined, field: string): StatusCause[] {
  if (!policy) return [required(field)];
  return POLICIES.includes(policy) ? [] : [notSupported(field, policy, POLICIES)];
}

/** Each Job gets a selector of its own: none can be given for all. */
function jobTemplateCauses({ spec }: JobTemplateSpec, field: string): StatusCause[] {
  const { selector, manualSelector } = spec;
  return [
    ...jobSpecCauses(spec, `${field}.spec`),
    ...(selector ? [invalid(`${field}.spec.selector`, selector, '`selector` will be auto-generated')] : []),
    ...(manualSelector ? [notSupported(`${field}.spec.manualSelector`, manualSelector, ['nil', 'false'])] : []),
  ];
}
