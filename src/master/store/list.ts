import type { Current } from './decide.ts';
import type { History } from './history.ts';
import type { LogDatabase } from './log-database.ts';
import type { Overlay } from './overlay.ts';
import { prefixEnd, rangeStart } from './prefix.ts';
import type { KeyValue, ListOptions, ListResult } from './store.ts';

export interface ListSources {
  readonly database: LogDatabase;
  readonly overlay: Overlay;
  readonly history: History;
}

/** A list at one revision, of what is on disk, over it and in memory. */
export function listAt(
  { database, overlay, history }: ListSources,
  prefix: string,
  options: ListOptions & { readonly at: number; readonly isNewest: boolean },
): ListResult {
  const { at, limit, after } = options;
  const from = rangeStart(prefix, after);
  const over = new Map<string, Current>();
  for (const current of overlay.under(prefix)) if (current.key >= from) over.set(current.key, current);
  // Keys that changed since: what they held then, of which only the disk's part is also on disk.
  if (!options.isNewest) {
    for (const [key, held] of history.before(at, prefix)) {
      if (key < from) continue;
      if (held) over.set(key, held);
      else over.delete(key);
    }
  }
  const range = { from, end: prefixEnd(prefix) };
  const rows = database.list(range, at, limit ?? -1);
  const merged = merge(rows, over);
  const items = limit === undefined ? merged : merged.slice(0, limit);
  if (limit === undefined) return { items, revision: at, remaining: 0 };
  const memoryOnly = [...over.values()].filter((current) => current.durableRevision === undefined).length;
  return { items, revision: at, remaining: database.count(range, at) + memoryOnly - items.length };
}

/**
 * Rows by key with the values that lie over them. `rows` may be the first page only: a value over a row that is behind it
 * must not appear in it, so durable keys only replace.
 */
function merge(rows: readonly KeyValue[], over: ReadonlyMap<string, Current>): KeyValue[] {
  if (over.size === 0) return [...rows];
  const replaced = rows.map((row) => plain(over.get(row.key) ?? row));
  const added = [...over.values()].filter((current) => current.durableRevision === undefined).map(plain);
  if (added.length === 0) return replaced;
  return [...replaced, ...added].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function plain({ key, value, revision }: KeyValue): KeyValue {
  return { key, value, revision };
}
