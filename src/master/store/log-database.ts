import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import type { KeyValue, StoreEvent } from './store.ts';
import { StoreOpenError } from './store-errors.ts';

/** A row to append. `previous` is the key's row before; null where nothing was there. */
export interface LogRow {
  readonly revision: number;
  readonly key: string;
  readonly previous: number | null;
  /** null for a deletion. */
  readonly value: string | null;
}

/** Keys from `from` up to, not including, `end`. */
export interface KeyRange {
  readonly from: string;
  readonly end: string;
}

const SCHEMA_VERSION = 1;

/** Copied at once, by another thread, while nothing can be written: half a MiB. */
const COPY_PAGES = 256;

/**
 * Half of SQLite's default: a commit writes whole pages, and 2 KiB ones make it a third smaller (3 KB object: 17 instead of
 * 26 KB); 1 KiB saves little more and costs time.
 */
export const PAGE_BYTES = 2048;

/**
 * Append-only: every durable write is a row, a deletion one without a value. `previous` chains the rows of a key, so that
 * compaction walks revisions in order and never has to search which rows are superseded.
 */
const SCHEMA = `
  CREATE TABLE log (revision INTEGER PRIMARY KEY, key TEXT NOT NULL, deleted INTEGER NOT NULL, previous INTEGER, value TEXT) STRICT;
  CREATE INDEX log_key ON log (key, revision, deleted);
  CREATE TABLE meta (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** `deleted` is a bare column beside MAX: SQLite takes it from the row that has the maximum (lang_select, "bare columns"). */
const NEWEST = `SELECT key, MAX(revision) AS revision, deleted FROM log INDEXED BY log_key
  WHERE key >= ? AND key < ? AND revision <= ? GROUP BY key`;

const SQL = {
  insert: 'INSERT INTO log (revision, key, deleted, previous, value) VALUES (?, ?, ?, ?, ?)',
  current:
    'SELECT key, revision, value, deleted FROM log WHERE key = ? AND revision <= ? ORDER BY revision DESC LIMIT 1',
  list: `SELECT m.key AS key, l.value AS value, m.revision AS revision FROM (${NEWEST}) m CROSS JOIN log l
    ON l.revision = m.revision WHERE m.deleted = 0 ORDER BY m.key LIMIT ?`,
  count: `SELECT COUNT(*) AS count FROM (${NEWEST}) WHERE deleted = 0`,
  // `+key` keeps the planner on the revisions: a resuming watcher wants few of them, of perhaps many keys.
  events: `SELECT l.revision AS revision, l.key AS key, l.deleted AS deleted, l.value AS value, p.value AS previousValue
    FROM log l LEFT JOIN log p ON p.revision = l.previous
    WHERE l.revision > ? AND l.revision <= ? AND +l.key >= ? AND +l.key < ? ORDER BY l.revision LIMIT ?`,
  chain: 'SELECT revision, previous, deleted FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?',
  remove: 'DELETE FROM log WHERE revision = ?',
  setMeta: 'INSERT INTO meta (name, number) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET number = excluded.number',
  meta: 'SELECT name, number FROM meta',
  // NOOP only looks: how many frames the write-ahead log holds.
  frames: 'PRAGMA wal_checkpoint(NOOP)',
  checkpoint: 'PRAGMA wal_checkpoint(PASSIVE)',
} as const;

/**
 * The log and its SQL: synchronous, nothing here waits for the disk. SQLite is told never to sync (`synchronous=OFF`);
 * DurableLog does all syncing, off the event loop.
 */
export class LogDatabase {
  readonly #db: DatabaseSync;
  readonly #statements: { readonly [name in keyof typeof SQL]: StatementSync };

  private constructor(db: DatabaseSync) {
    this.#db = db;
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)] as const);
    this.#statements = Object.fromEntries(prepared) as { [name in keyof typeof SQL]: StatementSync };
  }

  /** @throws StoreOpenError when another process has it open, when it is damaged, or made by a newer version. */
  static open(path: string): LogDatabase {
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(path);
      // Before anything else touches the file: the lock is taken with the first read and kept, and the index of the
      // write-ahead log then lives in memory instead of a shared file.
      db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = ${PAGE_BYTES};`);
      db.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;');
      db.exec('PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;');
      const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
      if (version > SCHEMA_VERSION) throw StoreOpenError.newer(path);
      if (version === 0) db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} COMMIT;`);
      else db.exec('BEGIN EXCLUSIVE; COMMIT;');
      db.exec('PRAGMA synchronous = OFF');
      return new LogDatabase(db);
    } catch (cause) {
      if (db?.isOpen) db.close();
      throw StoreOpenError.from(cause, path);
    }
  }

  /** Reads every page. @returns what is wrong; `ok` when nothing is. */
  check(): string {
    return String(this.#db.prepare('PRAGMA quick_check(1)').get()?.quick_check);
  }

  /** All that `write` does, or nothing; a failure is SQLite's own and rolls back. */
  transaction(write: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      write();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  append({ revision, key, previous, value }: LogRow): void {
    this.#statements.insert.run(revision, key, value === null ? 1 : 0, previous, value);
  }

  /** What a key held at a revision. */
  get(key: string, at: number): KeyValue | undefined {
    const row = this.#statements.current.get(key, at);
    if (row?.deleted !== 0) return undefined;
    return { key, value: String(row.value), revision: Number(row.revision) };
  }

  /** What there was at a revision, by key. @param limit all when negative. */
  list(range: KeyRange, at: number, limit: number): KeyValue[] {
    const rows = this.#statements.list.all(range.from, range.end, at, limit);
    return rows.map((row) => ({ key: String(row.key), value: String(row.value), revision: Number(row.revision) }));
  }

  count(range: KeyRange, at: number): number {
    return Number(this.#statements.count.get(range.from, range.end, at)?.count);
  }

  /** The changes with `after` < revision <= `upTo`, oldest first. */
  events(range: KeyRange, between: { readonly after: number; readonly upTo: number }, limit: number): StoreEvent[] {
    const rows = this.#statements.events.all(between.after, between.upTo, range.from, range.end, limit);
    return rows.map((row) => {
      const previousValue = row.previousValue === null ? undefined : String(row.previousValue);
      return {
        type: row.deleted !== 0 ? 'deleted' : previousValue === undefined ? 'created' : 'updated',
        key: String(row.key),
        revision: Number(row.revision),
        value: row.deleted !== 0 ? (previousValue ?? '') : String(row.value),
        ...(previousValue === undefined ? {} : { previousValue }),
      };
    });
  }

  /**
   * One slice of compaction: which rows the next rows after `after` make superfluous, up to `upTo`.
   * @returns their revisions, and how far the slice came (`upTo` when it was the last).
   */
  superseded(after: number, upTo: number, limit: number): { readonly revisions: number[]; readonly reached: number } {
    const rows = this.#statements.chain.all(after, upTo, limit);
    const revisions: number[] = [];
    for (const row of rows) {
      if (row.previous !== null) revisions.push(Number(row.previous));
      if (row.deleted !== 0) revisions.push(Number(row.revision));
    }
    const reached = rows.length < limit ? upTo : Number(rows.at(-1)?.revision);
    return { revisions, reached };
  }

  remove(revision: number): void {
    this.#statements.remove.run(revision);
  }

  setMeta(name: string, number: number): void {
    this.#statements.setMeta.run(name, number);
  }

  meta(): Map<string, number> {
    return new Map(this.#statements.meta.all().map((row) => [String(row.name), Number(row.number)]));
  }

  /**
   * Makes a database of all that is committed, complete in itself, while writes go on: they go into the copy, too (SQLite, "Online
   * Backup API": changes through the same connection). A transaction that is under way makes it wait.
   */
  async copyTo(path: string): Promise<void> {
    await backup(this.#db, path, { rate: COPY_PAGES });
  }

  /** Frames in the write-ahead log since it last began anew. */
  logFrames(): number {
    return Number(this.#statements.frames.get()?.log);
  }

  /** Copies the write-ahead log into the database, unsynced. @returns whether all of it went. */
  copyLog(): boolean {
    const row = this.#statements.checkpoint.get();
    return row?.busy === 0 && row.log === row.checkpointed;
  }

  /** Copies the log, synced by SQLite itself, and removes it; harmless when closed already, like `abandon`. */
  close(): void {
    if (!this.#db.isOpen) return;
    this.#db.exec('PRAGMA synchronous = FULL');
    this.#db.close();
  }

  /** Lets go of the file without a sync. */
  abandon(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
