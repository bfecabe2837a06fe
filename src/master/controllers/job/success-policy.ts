import { countIndexes, type IndexRange } from '../../../api/kinds/job/indexes.ts';
import type { Job } from '../../../api/types.ts';
import { readIndexes } from './index-ranges.ts';

/** The first rule of a success policy that holds. @returns its position; undefined when none does */
export function successRuleMet({ spec }: Job, succeeded: readonly IndexRange[]): number | undefined {
  const { successPolicy, completions = 0 } = spec;
  const met = (successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined)
      return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount;
    const required = readIndexes(succeededIndexes, completions);
    return countCommon(required, succeeded) >= (succeededCount ?? countIndexes(required));
  });
  return met < 0 ? undefined : met;
}

/** How many indexes both lists hold; both rise. */
function countCommon(a: readonly IndexRange[], b: readonly IndexRange[]): number {
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const one = a[i] as IndexRange;
    const other = b[j] as IndexRange;
    count += Math.max(0, Math.min(one.last, other.last) - Math.max(one.first, other.first) + 1);
    if (one.last < other.last) i++;
    else j++;
  }
  return count;
}
