import type { StatusCause } from '../../meta/errors.ts';
import { invalid, ofEach, required, tooLong, tooMany } from '../../meta/field-errors.ts';
import type { JobSpec } from '../../types.ts';
import { validateNonNegative } from '../workload/counts.ts';
import { countIndexes, IndexesError, parseIndexes } from './indexes.ts';

type Rule = NonNullable<JobSpec['successPolicy']>['rules'][number];

const MAX_RULES = 20;
const MAX_INDEXES_BYTES = 64 * 1024;

/** When an Indexed Job counts as done before all of it is (batch/validation, validateSuccessPolicy). */
export function successPolicyCauses({ successPolicy, completions = 0 }: JobSpec, field: string): StatusCause[] {
  const rules = successPolicy?.rules ?? [];
  const path = `${field}.rules`;
  return [
    ...(rules.length === 0
      ? [required(path, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > MAX_RULES ? [tooMany(path, rules.length, MAX_RULES)] : []),
    ...ofEach(rules, path, (rule, at) => ruleCauses(rule, at, completions)),
  ];
}

function ruleCauses({ succeededCount, succeededIndexes }: Rule, path: string, completions: number): StatusCause[] {
  const causes: StatusCause[] = [];
  if (succeededCount === undefined && succeededIndexes === undefined) {
    causes.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  let named = 0;
  if (succeededIndexes !== undefined) {
    const field = `${path}.succeededIndexes`;
    if (Buffer.byteLength(succeededIndexes) > MAX_INDEXES_BYTES) causes.push(tooLong(field, MAX_INDEXES_BYTES));
    const wrong = indexesCauses(succeededIndexes, completions, field, 'succeededIndexes');
    causes.push(...wrong);
    if (wrong.length === 0) named = countIndexes(parseIndexes(succeededIndexes, completions));
  }
  if (succeededCount === undefined) return causes;
  const field = `${path}.succeededCount`;
  const limit = (max: number, of: string) =>
    succeededCount > max
      ? [invalid(field, succeededCount, `must be less than or equal to ${max} (the number of ${of})`)]
      : [];
  return [
    ...causes,
    ...validateNonNegative({ succeededCount }, path, ['succeededCount']),
    ...limit(completions, 'specified completions'),
    ...(succeededIndexes === undefined ? [] : limit(named, 'indexes in the specified succeededIndexes field')),
  ];
}

/** @param name of the field, as the message says it */
export function indexesCauses(text: string, completions: number, field: string, name: string): StatusCause[] {
  try {
    parseIndexes(text, completions);
    return [];
  } catch (err) {
    if (!(err instanceof IndexesError)) throw err;
    return [invalid(field, text, `error parsing ${name}: ${err.message}`)];
  }
}
