import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../meta/errors.ts';
import { forbidden, invalidEach } from '../meta/field-errors.ts';
import { checkConfigMapKey } from '../meta/validation.ts';

/** What ConfigMaps and Secrets have in common: keyed data with a limit, and an `immutable` that cannot be taken back. */

/** Of all values of one object: 1 MiB. */
export const MAX_DATA_BYTES = 1024 * 1024;

export type KeyedData = Readonly<Record<string, string>>;

export function validateKeys(data: KeyedData, path: string): StatusCause[] {
  return Object.keys(data).flatMap((key) => invalidEach(`${path}[${key}]`, key, checkConfigMapKey(key)));
}

export function textBytes(data: KeyedData): number {
  return Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** @param data values in base64 */
export function binaryBytes(data: KeyedData): number {
  return Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
}

/** Once `immutable` is true neither it nor the named fields change. */
export function validateImmutable<T extends { immutable?: boolean }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): StatusCause[] {
  if (!old.immutable) return [];
  const changed = fields.filter((field) => !isDeepStrictEqual(object[field] ?? {}, old[field] ?? {}));
  return [...(object.immutable ? [] : ['immutable']), ...changed].map((field) =>
    forbidden(field, 'field is immutable when `immutable` is set'),
  );
}
