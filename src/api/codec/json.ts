import { type Duplicates, JsonParser, JsonSyntaxError } from './json-parser.ts';
import { MAX_DEPTH, scanJson } from './json-scan.ts';

export interface ParsedJson {
  /** Integers beyond 2^53 are BigInt. */
  readonly value: unknown;
  readonly duplicates: Duplicates;
}

const NONE: Duplicates = new Map();

/**
 * Parses a body: at JSON.parse's speed when nothing is special about it, exactly when something is.
 * @throws JsonSyntaxError in Go's words; also for nesting deeper than MAX_DEPTH.
 */
export function parseJson(body: Uint8Array): ParsedJson {
  const facts = scanJson(body);
  if (facts.depth > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth', 0);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const value = facts.hasLongNumber ? undefined : tryParse(text);
  if (value !== undefined && countMembers(value) === facts.members) return { value, duplicates: NONE };
  const parser = new JsonParser(text);
  return { value: parser.parse(), duplicates: parser.duplicates };
}

/** @returns undefined where the exact parser has to say what is wrong. */
function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told again, in Go's words and with the place, by the parser that runs next
  }
}

/** Fewer than are written means that some were written twice. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  let count = Array.isArray(value) ? 0 : members.length;
  for (const member of members) count += countMembers(member);
  return count;
}
