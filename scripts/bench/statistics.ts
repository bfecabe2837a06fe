/** The value below which the share `p` (0 to 1) of the values lies, by nearest rank. @throws RangeError when there are none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** The middle value; of an even count the mean of the two in the middle. @throws RangeError when there are none. */
export function median(values: readonly number[]): number {
  const upper = percentile(
    values.map((value) => -value),
    0.5,
  );
  return (percentile(values, 0.5) - upper) / 2;
}

/** 0.01234 → `0.0123`, 12.345 → `12.3`, 1234.5 → `1,235`: three digits that matter. */
export function threeDigits(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
