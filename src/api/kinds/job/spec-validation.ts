import type { StatusCause } from '../../meta/errors.ts';
import { invalid, invalidEach, notSupported, required, tooLong } from '../../meta/field-errors.ts';
import { checkDns1123Subdomain } from '../../meta/validation.ts';
import type { JobSpec } from '../../types.ts';
import { validateNonNegative } from '../workload/counts.ts';
import { validateTemplate } from '../workload/template.ts';
import { failurePolicyCauses } from './failure-policy.ts';
import { successPolicyCauses } from './success-policy.ts';

const MODES = ['NonIndexed', 'Indexed'];
const REPLACEMENT_POLICIES = ['Failed', 'TerminatingOrFailed'];
const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;
const MAX_MANAGED_BY = 63;
const MAX_INDEXED_PARALLELISM = 100_000;
const MAX_FAILED_INDEXES = 100_000;
/** Beyond so many completions, with a limit for each index, the status would grow too large. */
const MANY_COMPLETIONS = 100_000;
const MAX_AT_MANY_COMPLETIONS = 10_000;
const PATH_CHARACTERS = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/**
 * All that is wrong with the spec of a Job, or of what a CronJob makes Jobs of, but for its selector; it has its defaults.
 * Source: batch/validation, validateJobSpec.
 */
export function jobSpecCauses(spec: JobSpec, field: string): StatusCause[] {
  const { maxFailedIndexes, backoffLimitPerIndex, managedBy, podFailurePolicy } = spec;
  return [
    ...validateNonNegative(spec, field, COUNTS),
    ...(maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined
      ? [required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...(managedBy === undefined ? [] : managedByCauses(managedBy, `${field}.managedBy`)),
    ...modeCauses(spec, field),
    ...(podFailurePolicy ? failurePolicyCauses(spec, `${field}.podFailurePolicy`) : []),
    ...successCauses(spec, `${field}.successPolicy`),
    ...replacementCauses(spec, `${field}.podReplacementPolicy`),
    ...validateTemplate(spec.template, `${field}.template`),
    ...restartPolicyCauses(spec, `${field}.template.spec.restartPolicy`),
  ];
}

/** A domain, a slash, a path. */
function managedByCauses(managedBy: string, field: string): StatusCause[] {
  const long = Buffer.byteLength(managedBy) > MAX_MANAGED_BY ? [tooLong(field, MAX_MANAGED_BY)] : [];
  if (managedBy === '') return [required(field)];
  const slash = managedBy.indexOf('/');
  const host = managedBy.slice(0, Math.max(slash, 0));
  const path = managedBy.slice(slash + 1);
  if (!host || !path) {
    return [invalid(field, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'), ...long];
  }
  const isPath = new RegExp(`^${PATH_CHARACTERS}$`).test(path);
  const wrongPath = `Invalid path (regex used for validation is '${PATH_CHARACTERS}')`;
  return [
    ...invalidEach(field, host, checkDns1123Subdomain(host)),
    ...(isPath ? [] : [invalid(field, path, wrongPath)]),
    ...long,
  ];
}

function modeCauses(spec: JobSpec, field: string): StatusCause[] {
  const { completionMode, completions } = spec;
  switch (completionMode) {
    case undefined:
      return [];
    case 'NonIndexed':
      return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((name) =>
        spec[name] === undefined ? [] : [invalid(`${field}.${name}`, spec[name], 'requires indexed completion mode')],
      );
    case 'Indexed':
      if (completions === undefined) return [required(`${field}.completions`, 'when completion mode is Indexed')];
      return indexedCauses(spec, completions, field);
    default:
      return [notSupported(`${field}.completionMode`, completionMode, MODES)];
  }
}

function indexedCauses(spec: JobSpec, completions: number, field: string): StatusCause[] {
  const { parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec;
  const causes: StatusCause[] = [];
  const atMost = (name: 'parallelism' | 'maxFailedIndexes', value: number, max: number, when = '') => {
    if (value > max) causes.push(invalid(`${field}.${name}`, value, `must be less than or equal to ${max}${when}`));
  };
  atMost('parallelism', parallelism, MAX_INDEXED_PARALLELISM, ' when completion mode is Indexed');
  if (maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
    const text = 'must be less than or equal to completions';
    causes.push(invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, text));
  }
  atMost('maxFailedIndexes', maxFailedIndexes ?? 0, MAX_FAILED_INDEXES);
  if (completions <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return causes;
  if (maxFailedIndexes === undefined) {
    const text = `must be specified when completions is above ${MANY_COMPLETIONS}`;
    causes.push(required(`${field}.maxFailedIndexes`, text));
  }
  const when = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  atMost('parallelism', parallelism, MAX_AT_MANY_COMPLETIONS, when);
  atMost('maxFailedIndexes', maxFailedIndexes ?? 0, MAX_AT_MANY_COMPLETIONS, when);
  return causes;
}

function successCauses(spec: JobSpec, field: string): StatusCause[] {
  if (!spec.successPolicy) return [];
  if (spec.completionMode === 'Indexed') return successPolicyCauses(spec, field);
  return [invalid(field, spec.successPolicy, 'requires indexed completion mode')];
}

/** With a failure policy a pod has to have failed before it is replaced. */
function replacementCauses({ podReplacementPolicy, podFailurePolicy }: JobSpec, field: string): StatusCause[] {
  if (podReplacementPolicy === undefined) return [];
  const allowed = podFailurePolicy ? ['Failed'] : REPLACEMENT_POLICIES;
  return allowed.includes(podReplacementPolicy) ? [] : [notSupported(field, podReplacementPolicy, allowed)];
}

/** Always is the default of a pod: nobody chose it, and a Job would never end. */
function restartPolicyCauses({ template, podFailurePolicy }: JobSpec, field: string): StatusCause[] {
  const { restartPolicy } = template.spec;
  switch (restartPolicy) {
    case undefined:
    case 'Always':
      return [required(field, 'valid values: "OnFailure", "Never"')];
    case 'Never':
      return [];
    case 'OnFailure':
      if (!podFailurePolicy) return [];
      return [invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')];
    default:
      return [notSupported(field, restartPolicy, ['OnFailure', 'Never'])];
  }
}

/** Kubernetes' own warning of what its bookkeeping may not keep up with. */
export function sizeWarnings({ completionMode, completions = 0, parallelism = 0 }: JobSpec): string[] {
  const isLarge = completions > MANY_COMPLETIONS && parallelism > MAX_AT_MANY_COMPLETIONS;
  if (completionMode !== 'Indexed' || !isLarge) return [];
  return [
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
  ];
}

/** As validateHasLabel does it, but for a selector it is told apart from. */
export function hasLabelCauses(
  labels: Readonly<Record<string, string>>,
  key: string,
  expected: string,
  path: string,
): StatusCause[] {
  const field = `${path}.labels[${key}]`;
  if (!Object.hasOwn(labels, key)) return [required(field, `must be '${expected}'`)];
  return labels[key] === expected ? [] : [invalid(field, labels, `must be '${expected}'`)];
}
