/** How deep arrays and objects may nest: safe for every recursion over the result, and far beyond any real object. */
export const MAX_DEPTH = 1000;

export interface JsonFacts {
  /** Colons outside texts: members of all objects, each counted as often as it is written. */
  readonly members: number;
  readonly depth: number;
  /** A run of 16 digits or more outside texts, which a double may not hold exactly. */
  readonly hasLongNumber: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counts over the bytes of a JSON text in one pass and without memory; of a text that is no JSON it tells nothing. */
export function scanJson(body: Uint8Array): JsonFacts {
  let members = 0;
  let depth = 0;
  let deepest = 0;
  let digits = 0;
  let longestDigits = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) {
      digits++;
      if (digits > longestDigits) longestDigits = digits;
      continue;
    }
    digits = 0;
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === 0x3a) members++;
    else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return { members, depth: deepest, hasLongNumber: longestDigits >= 16 };
}

/** @returns the place of the closing quote, or the end. A loop of our own: indexOf costs more than most texts are long. */
function endOfText(body: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}
