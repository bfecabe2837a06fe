import { IndexesError, type IndexRange, parseIndexes } from '../../../api/kinds/job/indexes.ts';

/**
 * Reads a list of a Job's status. What reaches `completions` is forgotten: an Indexed Job may have shrunk since it was written.
 * @returns ranges that rise and do not touch; none for text that is no list.
 */
export function readIndexes(text: string | undefined, completions: number): IndexRange[] {
  const ranges: IndexRange[] = [];
  for (const range of parseAll(text ?? '')) {
    if (range.first >= completions) break;
    append(ranges, { first: range.first, last: Math.min(range.last, completions - 1) });
  }
  return ranges;
}

/** Only validated text is stored; whatever else there may be counts as nothing. */
function parseAll(text: string): IndexRange[] {
  try {
    return parseIndexes(text, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (error instanceof IndexesError) return [];
    throw error;
  }
}

/** `0,2-4`; two neighbours are `2,3`, as in Kubernetes. */
export function writeIndexes(ranges: readonly IndexRange[]): string {
  return ranges
    .map(({ first, last }) => {
      if (first === last) return String(first);
      return last === first + 1 ? `${first},${last}` : `${first}-${last}`;
    })
    .join(',');
}

export function hasIndex(ranges: readonly IndexRange[], index: number): boolean {
  let low = 0;
  let high = ranges.length;
  // Whatever is before `low` ends below the index, whatever is from `high` on does not.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.last ?? 0) >= index) high = middle;
    else low = middle + 1;
  }
  const range = ranges[low];
  return range !== undefined && range.first <= index;
}

/** @param indexes in any order, and as often as it comes */
export function withIndexes(ranges: readonly IndexRange[], indexes: Iterable<number>): IndexRange[] {
  const added = [...indexes].map((index) => ({ first: index, last: index }));
  return joined([...ranges, ...added]);
}

export function joined(ranges: readonly IndexRange[]): IndexRange[] {
  const result: IndexRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) append(result, range);
  return result;
}

/** The lowest `count` indexes below `completions` that are in none of the ranges. */
export function firstFree(taken: readonly IndexRange[], count: number, completions: number): number[] {
  const free: number[] = [];
  let candidate = 0;
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    for (; candidate < Math.min(first, completions) && free.length < count; candidate++) free.push(candidate);
    if (free.length >= count) break;
    candidate = Math.max(candidate, last + 1);
  }
  return free;
}

/** Joins what touches, so that there is one way to write a list. */
function append(ranges: IndexRange[], range: IndexRange): void {
  const before = ranges.at(-1);
  if (!before || range.first > before.last + 1) ranges.push(range);
  else if (range.last > before.last) ranges[ranges.length - 1] = { first: before.first, last: range.last };
}
