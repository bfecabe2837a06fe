/** A key's first part with its slash: `pods/` of `pods/default/web-0`. */
export function segmentOf(key: string): string {
  return key.slice(0, key.indexOf('/') + 1);
}

/** The first key after all that begin with `prefix`, in byte order; all keys are before the one for `''`. */
export function prefixEnd(prefix: string): string {
  if (!prefix) return '\u{10ffff}';
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/** The first key that is under `prefix` and behind `after`. */
export function rangeStart(prefix: string, after: string | undefined): string {
  return after !== undefined && after >= prefix ? `${after}\0` : prefix;
}
