import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, invalid, invalidEach, notSupported, ofEach, required, tooMany } from '../../meta/field-errors.ts';
import { checkQualifiedName } from '../../meta/validation.ts';
import type { JobSpec } from '../../types.ts';
import { invalidWithoutValue } from './field-errors.ts';

type Rule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number];
type OnExitCodes = NonNullable<Rule['onExitCodes']>;
type OnPodConditions = NonNullable<Rule['onPodConditions']>;

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_PATTERNS = 20;

/** Which failures of pods count, and for what (batch/validation, validatePodFailurePolicy). */
export function failurePolicyCauses(spec: JobSpec, field: string): StatusCause[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const { containers, initContainers = [] } = spec.template.spec;
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  return [
    ...(rules.length > MAX_RULES ? [tooMany(`${field}.rules`, rules.length, MAX_RULES)] : []),
    ...ofEach(rules, `${field}.rules`, (rule, path) => ruleCauses(rule, path, spec, names)),
  ];
}

function ruleCauses(rule: Rule, path: string, spec: JobSpec, names: ReadonlySet<string>): StatusCause[] {
  const { onExitCodes, onPodConditions = [] } = rule;
  const hasConditions = onPodConditions.length > 0;
  return [
    ...actionCauses(rule, `${path}.action`, spec),
    ...(onExitCodes ? exitCodeCauses(onExitCodes, `${path}.onExitCodes`, names) : []),
    ...(hasConditions ? conditionCauses(onPodConditions, `${path}.onPodConditions`) : []),
    ...(onExitCodes && hasConditions
      ? [invalidWithoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported')]
      : []),
    ...(!onExitCodes && !hasConditions
      ? [invalidWithoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required')]
      : []),
  ];
}

function actionCauses({ action }: Rule, field: string, { backoffLimitPerIndex }: JobSpec): StatusCause[] {
  if (action === 'FailIndex' && backoffLimitPerIndex === undefined) {
    return [invalid(field, action, 'requires the backoffLimitPerIndex to be set')];
  }
  return oneOf(action, field, ACTIONS);
}

function exitCodeCauses(
  { operator, containerName, values }: OnExitCodes,
  field: string,
  names: ReadonlySet<string>,
): StatusCause[] {
  const isKnown = containerName === undefined || names.has(containerName);
  const unknown = 'must be one of the container or initContainer names in the pod template';
  return [
    ...oneOf(operator, `${field}.operator`, OPERATORS),
    ...(isKnown ? [] : [invalid(`${field}.containerName`, containerName, unknown)]),
    ...valueCauses(values ?? [], operator, `${field}.values`),
  ];
}

function valueCauses(values: readonly number[], operator: string, field: string): StatusCause[] {
  const isRising = values.every((value, index) => index === 0 || (values[index - 1] ?? 0) <= value);
  return [
    ...(values.length === 0 ? [invalid(field, values, 'at least one value is required')] : []),
    ...(values.length > MAX_EXIT_CODES ? [tooMany(field, values.length, MAX_EXIT_CODES)] : []),
    ...ofEach(values, field, (value, path, index) => [
      ...(operator === 'In' && value === 0 ? [invalid(path, value, 'must not be 0 for the In operator')] : []),
      ...(values.indexOf(value) < index ? [duplicate(path, value)] : []),
    ]),
    ...(isRising ? [] : [invalid(field, values, 'must be ordered')]),
  ];
}

function conditionCauses(patterns: OnPodConditions, field: string): StatusCause[] {
  return [
    ...(patterns.length > MAX_PATTERNS ? [tooMany(field, patterns.length, MAX_PATTERNS)] : []),
    ...ofEach(patterns, field, ({ type, status }, path) => [
      ...invalidEach(`${path}.type`, type, checkQualifiedName(type)),
      ...oneOf(status, `${path}.status`, STATUSES),
    ]),
  ];
}

/** A missing value is told what there is; the list is written as Go does. */
function oneOf(value: string | undefined, field: string, allowed: readonly string[]): StatusCause[] {
  if (!value) return [required(field, `valid values: [${allowed.map((one) => JSON.stringify(one)).join(' ')}]`)];
  return allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
}
