/** Whether two values of the API say the same: an absent field, an empty list and an empty map do (equality.Semantic). */
export function isSame(a: unknown, b: unknown): boolean {
  return differences(a, b, '').length === 0;
}

/**
 * Every leaf that differs, as text: `-spec.nodeName: "a"` is how it was, `+spec.nodeName: "b"` how it would be.
 * @param now what is asked for
 * @param before what is stored
 */
export function differences(now: unknown, before: unknown, path: string): string[] {
  if (now === before || (isNothing(now) && isNothing(before))) return [];
  if (isMap(now) && isMap(before)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].flatMap((key) => differences(now[key], before[key], path ? `${path}.${key}` : key));
  }
  if (Array.isArray(now) && Array.isArray(before) && now.length === before.length) {
    return now.flatMap((item: unknown, index) => differences(item, before[index], `${path}[${index}]`));
  }
  return [...line('-', path, before), ...line('+', path, now)];
}

function line(sign: string, path: string, value: unknown): string[] {
  return value === undefined ? [] : [`${sign}${path}: ${JSON.stringify(value)}`];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.values(value).every((part) => part === undefined);
}
