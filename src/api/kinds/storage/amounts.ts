import type { StatusCause } from '../../meta/errors.ts';
import { invalid, required } from '../../meta/field-errors.ts';
import { compareQuantity, parseQuantity, tryParseQuantity } from '../../meta/quantity.ts';

type Amounts = Readonly<Record<string, string | number>>;

/** `storage`, of a capacity or a request: it has to be there and more than nothing. */
export function storageCauses(amounts: Amounts | undefined, field: string): StatusCause[] {
  const value = amounts?.storage;
  const at = `${field}[storage]`;
  if (value === undefined) return [required(at)];
  const quantity = tryParseQuantity(value);
  if (!quantity) return [invalid(at, value, 'must be a valid resource quantity')];
  return quantity.nano > 0n ? [] : [invalid(at, String(value), 'must be greater than zero')];
}

/** @returns below 0, 0, above 0; an amount that is not there counts as nothing */
export function compareStorage(a: Amounts | undefined, b: Amounts | undefined): number {
  return compareQuantity(parseQuantity(a?.storage ?? '0'), parseQuantity(b?.storage ?? '0'));
}
