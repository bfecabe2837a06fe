import type { StatusCause } from '../../meta/errors.ts';
import { invalid, invalidEach } from '../../meta/field-errors.ts';
import { checkNonNegative } from '../../meta/validation.ts';

type Counts = object | undefined;

/** Of each of these fields, where it is set: not below zero. */
export function validateNonNegative<T extends object>(
  object: T | undefined,
  path: string,
  fields: readonly (keyof T & string)[],
): StatusCause[] {
  return fields.flatMap((field) => {
    const value = object?.[field];
    return typeof value === 'number' ? invalidEach(`${path}.${field}`, value, checkNonNegative(value)) : [];
  });
}

/** No field of a status exceeds the one it is a part of. @param whole as the message names it: `status.replicas` */
export function validateParts<T extends object>(
  status: T,
  parts: readonly (keyof T & string)[],
  of: keyof T & string,
  whole: string,
): StatusCause[] {
  const total = countOf(status, of);
  return parts
    .filter((part) => countOf(status, part) > total)
    .map((part) => invalid(`status.${part}`, countOf(status, part), `cannot be greater than ${whole}`));
}

/** collisionCount is part of names that are taken already: it only rises. */
export function validateCollisionCount(status: Counts, old: Counts): StatusCause[] {
  const now = countOf(status ?? {}, 'collisionCount');
  const before = countOf(old ?? {}, 'collisionCount');
  return now < before ? [invalid('status.collisionCount', now, 'cannot be decremented')] : [];
}

function countOf(status: object, field: string): number {
  const value: unknown = Object.getOwnPropertyDescriptor(status, field)?.value;
  return typeof value === 'number' ? value : 0;
}
