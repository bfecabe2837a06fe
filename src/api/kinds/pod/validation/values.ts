import type { StatusCause } from '../../../meta/errors.ts';
import { invalid, notSupported, required } from '../../../meta/field-errors.ts';

/** A field with a fixed set of values: absent or empty is missing, anything else is unsupported. */
export function oneOf(value: string | undefined, field: string, allowed: readonly string[]): StatusCause[] {
  if (!value) return [required(field)];
  return allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
}

/** As oneOf, for a field that may be left out. */
export function oneOfIfSet(value: string | undefined, field: string, allowed: readonly string[]): StatusCause[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
}

/** Text that may not be empty. */
export function notEmpty(value: string | undefined, field: string, detail = ''): StatusCause[] {
  return value ? [] : [required(field, detail)];
}

/** Permission bits of a file. */
export function modeCauses(mode: number | undefined, field: string): StatusCause[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
