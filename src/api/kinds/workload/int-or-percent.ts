import type { StatusCause } from '../../meta/errors.ts';
import { invalid, invalidEach } from '../../meta/field-errors.ts';
import { checkNonNegative, checkPercent } from '../../meta/validation.ts';

/** `1` or `25%`, as maxSurge, maxUnavailable and minAvailable are. */
export type IntOrPercent = number | string;

/**
 * A count out of `total`: 25% of 10 is 3 rounded up, 2 rounded down.
 * @throws RangeError for text that is no percentage; what passed validation never is.
 */
export function resolveIntOrPercent(value: IntOrPercent, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) throw new RangeError(`neither a number nor a percentage: ${value}`);
  const exact = (percent * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** What is wrong with the value by itself. */
export function validateIntOrPercent(value: IntOrPercent, path: string): StatusCause[] {
  return invalidEach(path, value, typeof value === 'string' ? checkPercent(value) : checkNonNegative(value));
}

export function validateAtMost100Percent(value: IntOrPercent, path: string): StatusCause[] {
  const percent = typeof value === 'string' ? percentOf(value) : undefined;
  return percent !== undefined && percent > 100 ? [invalid(path, value, 'must not be greater than 100%')] : [];
}

/** `0` and `0%`; text that is neither number nor percentage counts as nothing, too, as in Kubernetes. */
export function isZero(value: IntOrPercent): boolean {
  const number = typeof value === 'number' ? value : (percentOf(value) ?? Number.parseInt(value, 10));
  return !number;
}

function percentOf(value: string): number | undefined {
  return checkPercent(value).length === 0 ? Number.parseInt(value, 10) : undefined;
}
