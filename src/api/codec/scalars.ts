import { canonicalQuantity } from '../meta/quantity.ts';
import type { ScalarKind } from '../schema/schema.ts';

/** A value of the wrong JSON type for its field; `got` is Go's word for what came: `string`, `number 1.5`, `object`. */
export class WrongType extends Error {
  override readonly name = 'WrongType';
  readonly got: string;

  constructor(got: string) {
    super(`cannot unmarshal ${got}`);
    this.got = got;
  }
}

/** A value of the right type that does not read; the message is what Go's reader of that type says. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}

/** Reads a value of JSON into the form the API keeps. Throws WrongType or WrongValue; QuantityError passes as it is. */
type Reader = (value: unknown) => unknown;

export const SCALAR_READERS: Readonly<Record<ScalarKind, Reader>> = {
  string: (value) => (typeof value === 'string' ? value : fail(value)),
  boolean: (value) => (typeof value === 'boolean' ? value : fail(value)),
  int32: readInt32,
  int64: readInt64,
  double: (value) => (typeof value === 'bigint' || typeof value === 'number' ? Number(value) : fail(value)),
  byte: readBytes,
  quantity: readQuantity,
  'int-or-string': readIntOrString,
  'date-time': (value) => readTime(value, 0),
  'micro-time': (value) => readTime(value, 6),
  any: plain,
};

/** Go's zero values: what a null item of a list or map becomes, and a required field that is absent. */
export const ZEROS: Readonly<Record<ScalarKind, unknown>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  byte: '',
  quantity: '0',
  'int-or-string': 0,
  'date-time': null,
  'micro-time': null,
  any: null,
};

/** Go's word for the kind of a JSON value. */
export function wordOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

function fail(value: unknown): never {
  throw new WrongType(wordOf(value));
}

function readInt32(value: unknown): number {
  if (typeof value !== 'number') return typeof value === 'bigint' ? failNumber(value) : fail(value);
  return value === (value | 0) ? value | 0 : failNumber(value);
}

function readInt64(value: unknown): number {
  if (typeof value === 'bigint') throw new WrongValue(tooLarge(value));
  if (typeof value !== 'number') return fail(value);
  return Number.isSafeInteger(value) ? value + 0 : failNumber(value);
}

function failNumber(value: number | bigint): never {
  throw new WrongType(`number ${value}`);
}

function tooLarge(value: bigint): string {
  return `json: cannot unmarshal number ${value} into Go value of type int64: integers beyond 2^53 are not supported`;
}

function readQuantity(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string') return canonicalQuantity(value);
  return canonicalQuantity(typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? ''));
}

function readIntOrString(value: unknown): number | string {
  if (typeof value === 'string') return value;
  try {
    return readInt32(value);
  } catch (err) {
    if (!(err instanceof WrongType)) throw err;
    throw new WrongValue(`json: cannot unmarshal ${err.got} into Go value of type int32`);
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function readBytes(value: unknown): string {
  if (typeof value !== 'string') return fail(value);
  if (value.length % 4 === 0 && BASE64.test(value)) return value;
  const text = value.replace(/[\r\n]/g, ''); // Go's decoder skips line ends too
  if (text.length % 4 === 0 && BASE64.test(text)) return text;
  const wrong = value.search(/[^A-Za-z0-9+/\r\n]/);
  throw new WrongValue(`illegal base64 data at input byte ${wrong < 0 ? Math.max(0, value.length - 1) : wrong}`);
}

const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** @param digits of the fraction that is kept. @returns in UTC. */
function readTime(value: unknown, digits: number): string {
  if (typeof value !== 'string') {
    throw new WrongValue(`json: cannot unmarshal ${wordOf(value)} into Go value of type string`);
  }
  const match = RFC3339.exec(value);
  const ms = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN;
  if (!match || Number.isNaN(ms)) {
    const layout = digits === 0 ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
    throw new WrongValue(`parsing time ${JSON.stringify(value)} as "${layout}": ${timeProblem(value)}`);
  }
  const fraction = digits > 0 ? `.${(match[2] ?? '').slice(0, digits).padEnd(digits, '0')}` : '';
  return `${new Date(ms).toISOString().slice(0, 19)}${fraction}Z`;
}

/** Where Go's layout reader would stop: the first part that does not match. */
function timeProblem(value: string): string {
  const parts: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d\d/, '01'],
    [/^-/, '-'],
    [/^\d\d/, '02'],
    [/^T/, 'T'],
    [/^\d\d/, '15'],
    [/^:/, ':'],
    [/^\d\d/, '04'],
    [/^:/, ':'],
    [/^\d\d(?:\.\d+)?/, '05'],
    [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'],
  ];
  let rest = value;
  for (const [pattern, name] of parts) {
    const match = pattern.exec(rest);
    if (!match) return `cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}`;
    rest = rest.slice(match[0].length);
  }
  return rest ? `extra text: ${JSON.stringify(rest)}` : 'day out of range';
}

const INT64_MAX = 2n ** 63n - 1n;

/** Free JSON, without the BigInts of the exact parser: what an int64 holds and a double does not is refused, not rounded. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    if (value <= INT64_MAX && value >= -INT64_MAX - 1n) throw new WrongValue(tooLarge(value));
    return Number(value);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
