/** A run of completion indexes, both ends included. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
}

/** Text that lists no indexes; the message is the batch API's. */
export class IndexesError extends Error {
  override readonly name = 'IndexesError';
}

/**
 * Reads `1,3-5,7`: rising, no index twice (batch, succeededIndexes and the two lists of a Job's status).
 * @param completions no index reaches it.
 * @throws IndexesError
 */
export function parseIndexes(text: string, completions: number): IndexRange[] {
  if (text === '') return [];
  const ranges: IndexRange[] = [];
  for (const part of text.split(',')) {
    const range = parseRange(part, completions);
    const before = ranges.at(-1);
    if (before && before.last >= range.first) throw notRising(before.last, range.first);
    ranges.push(range);
  }
  return ranges;
}

export function countIndexes(ranges: readonly IndexRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** The lowest index that both lists hold; both rise. */
export function firstOverlap(a: readonly IndexRange[], b: readonly IndexRange[]): number | undefined {
  for (const one of a) {
    const other = b.find(({ first, last }) => one.first <= last && first <= one.last);
    if (other) return Math.max(one.first, other.first);
  }
  return undefined;
}

function parseRange(part: string, completions: number): IndexRange {
  const [low = '', high, ...more] = part.split('-');
  if (more.length > 0) {
    const rule = "violates the requirement that an index interval can have at most two parts separated by '-'";
    throw new IndexesError(`the fragment ${JSON.stringify(part)} ${rule}`);
  }
  const first = parseIndex(low, completions);
  if (high === undefined) return { first, last: first };
  const last = parseIndex(high, completions);
  if (first >= last) throw notRising(first, last);
  return { first, last };
}

function parseIndex(text: string, completions: number): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new IndexesError(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
  }
  const index = Number(text);
  if (index >= completions) throw new IndexesError(`too large index: ${JSON.stringify(text)}`);
  return index;
}

function notRising(previous: number, current: number): IndexesError {
  return new IndexesError(`non-increasing order, previous: ${previous}, current: ${current}`);
}
