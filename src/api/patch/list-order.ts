/** Gives an item's identity inside its list: the merge key's value, or the scalar itself. */
export type KeyOf = (item: unknown) => string;

/**
 * Where items go after a strategic merge: those the patch names in the patch's order, the server's own in theirs, both
 * interleaved by where they stood before. Of live `a b c` and order `c a`: `b` is the server's and stood before `c`, so `b c a`.
 * @param items after the merge, in any order.
 * @param order keys in the order that the patch wants.
 * @param live keys in the order before the patch.
 */
export function orderItems<T>(
  items: readonly T[],
  keyOf: KeyOf,
  order: readonly string[],
  live: readonly string[],
): T[] {
  const wanted = ranks(order);
  const lived = ranks(live);
  const rankIn = (places: ReadonlyMap<string, number>) => (item: T) => places.get(keyOf(item)) ?? places.size;
  const named = sortedBy(
    items.filter((item) => wanted.has(keyOf(item))),
    rankIn(wanted),
  );
  const own = sortedBy(
    items.filter((item) => !wanted.has(keyOf(item))),
    rankIn(lived),
  );
  return interleave(own, named, (item) => lived.get(keyOf(item)));
}

function ranks(keys: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const key of keys) if (!places.has(key)) places.set(key, places.size);
  return places;
}

function sortedBy<T>(items: readonly T[], rank: (item: T) => number): T[] {
  return items.toSorted((a, b) => rank(a) - rank(b));
}

/** The server's item goes first only where both are known to have stood that way round. */
function interleave<T>(own: readonly T[], named: readonly T[], place: (item: T) => number | undefined): T[] {
  const result: T[] = [];
  let next = 0;
  for (const item of named) {
    const before = place(item);
    while (next < own.length && before !== undefined) {
      const mine = own[next] as T;
      const at = place(mine);
      if (at === undefined || at >= before) break;
      result.push(mine);
      next += 1;
    }
    result.push(item);
  }
  return [...result, ...own.slice(next)];
}
