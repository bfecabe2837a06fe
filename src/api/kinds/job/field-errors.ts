import type { StatusCause } from '../../meta/errors.ts';
import { immutable } from '../../meta/field-errors.ts';
import { isSame } from '../pod/validation/difference.ts';

/** `Invalid value: detail`, where Kubernetes leaves the value out because it is a whole structure. */
export function invalidWithoutValue(field: string, detail: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${detail}`, field };
}

/** Each named field says what it said before. */
export function unchanged<T extends object>(
  now: T,
  old: T,
  path: string,
  fields: readonly (keyof T & string)[],
): StatusCause[] {
  return fields.flatMap((name) => (isSame(now[name], old[name]) ? [] : [immutable(`${path}.${name}`, now[name])]));
}
