/** How a quantity was written, and so how a sum of it is written: `128Mi`, `500m`, `12e6`. */
export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** An exact amount. Kubernetes keeps nothing finer than a billionth: finer amounts were rounded up, away from zero. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

/** Text that is not a quantity; the message is apimachinery's. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const BINARY: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Of 10^-9, 10^-6, ... 10^18. */
const DECIMAL: readonly string[] = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const NANO = 1_000_000_000n;
/** Binary quantities are capped here, as apimachinery does. */
const MAX_INT64 = 2n ** 63n - 1n;
/** Far beyond every unit: keeps a hostile `1e999999999` from becoming a number with as many digits. */
const MAX_EXPONENT = 512;
const MAX_TEXT = 512;

/** @throws QuantityError */
export function parseQuantity(text: string | number): Quantity {
  const trimmed = String(text).trim();
  const match = trimmed.length > MAX_TEXT ? null : SHAPE.exec(trimmed);
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match ?? [];
  if (!match || !/^[+-]?[0-9.]/.test(trimmed)) {
    throw new QuantityError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  if (whole + fraction === '') throw new QuantityError('unable to parse numeric part of quantity');
  const { base, exponent, format } = parseSuffix(suffix);
  const digits = BigInt(whole + fraction);
  const scaled =
    base === 2
      ? divideUp(digits * 2n ** BigInt(exponent) * NANO, 10n ** BigInt(fraction.length))
      : scale10(digits, exponent - fraction.length + 9);
  return capped(sign === '-' ? -scaled : scaled, format);
}

/** The quantity, or undefined for text that is none: where validation has the last word. */
export function tryParseQuantity(text: string | number): Quantity | undefined {
  try {
    return parseQuantity(text);
  } catch (err) {
    if (err instanceof QuantityError) return undefined;
    throw err;
  }
}

function parseSuffix(suffix: string): { base: 2 | 10; exponent: number; format: QuantityFormat } {
  const decimal = DECIMAL.indexOf(suffix);
  if (decimal >= 0) return { base: 10, exponent: (decimal - 3) * 3, format: 'DecimalSI' };
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return { base: 2, exponent: binary * 10, format: 'BinarySI' };
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)?.[1];
  if (exponent === undefined || Math.abs(Number(exponent)) > MAX_EXPONENT) {
    throw new QuantityError("unable to parse quantity's suffix");
  }
  return { base: 10, exponent: Number(exponent), format: 'DecimalExponent' };
}

function capped(nano: bigint, format: QuantityFormat): Quantity {
  if (format !== 'BinarySI') return { nano, format };
  const size = nano < 0n ? -nano : nano;
  if (size > MAX_INT64 * NANO) return { nano: (nano < 0n ? -MAX_INT64 : MAX_INT64) * NANO, format };
  return { nano, format: size > 0n && size < NANO ? 'DecimalSI' : format };
}

function scale10(digits: bigint, exponent: number): bigint {
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : divideUp(digits, 10n ** BigInt(-exponent));
}

/** Rounds away from zero: who asks for a little gets a little. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (quotient * by === value) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

/** @returns below 0, 0, above 0 */
export function compareQuantity(a: Quantity, b: Quantity): number {
  return a.nano === b.nano ? 0 : a.nano < b.nano ? -1 : 1;
}

/** The sum, written as `a` is unless `a` is zero. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** `a - b`, written as addQuantity does. */
export function subtractQuantity(a: Quantity, b: Quantity): Quantity {
  return addQuantity(a, { nano: -b.nano, format: b.format });
}

/** Canonical text: no fraction, the largest suffix of the family that needs none (`1536Mi`, `1500m`). */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const whole = nano / NANO;
  const isExact = whole * NANO === nano;
  const isSmall = nano > -1024n * NANO && nano < 1024n * NANO;
  if (format === 'BinarySI' && isExact && !isSmall) {
    const { mantissa, steps } = factorOut(whole, 1024n, BINARY.length - 1);
    return `${mantissa}${BINARY[steps]}`;
  }
  const limit = format === 'DecimalExponent' ? MAX_EXPONENT : DECIMAL.length - 1;
  const { mantissa, steps } = factorOut(nano, 1000n, limit);
  if (format !== 'DecimalExponent') return `${mantissa}${DECIMAL[steps]}`;
  const exponent = (steps - 3) * 3;
  return exponent === 0 ? String(mantissa) : `${mantissa}e${exponent}`;
}

function factorOut(value: bigint, factor: bigint, limit: number): { mantissa: bigint; steps: number } {
  let mantissa = value;
  let steps = 0;
  while (steps < limit && mantissa % factor === 0n) {
    mantissa /= factor;
    steps += 1;
  }
  return { mantissa, steps };
}

/** Canonical text of text. @throws QuantityError */
export function canonicalQuantity(text: string | number): string {
  return formatQuantity(parseQuantity(text));
}

/** Rounded up to thousandths: the finest that a list of resources keeps (defaulting of v1.ResourceList). */
function roundUpToMilli({ nano, format }: Quantity): Quantity {
  return { nano: divideUp(nano, 1_000_000n) * 1_000_000n, format };
}

/** Thousandths, rounded up: milliCpu of `cpu`. */
export function milliValue(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, 1_000_000n));
}

/** Whole units, rounded up: bytes of `memory`. */
export function wholeValue(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, NANO));
}

/**
 * Amounts by name as every client reads them back, in place: canonical text, not finer than thousandths. Text that is no
 * quantity is left to validation.
 */
export function setCanonicalAmounts(amounts: Record<string, string | number> | undefined): void {
  for (const [name, value] of Object.entries(amounts ?? {})) {
    const quantity = tryParseQuantity(value);
    if (amounts && quantity) amounts[name] = formatQuantity(roundUpToMilli(quantity));
  }
}
