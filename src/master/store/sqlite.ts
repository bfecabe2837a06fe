import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expired } from '../../api/meta/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { CompactionLimits } from './compaction.ts';
import { Compactor } from './compactor.ts';
import type { Change, Current, Intent } from './decide.ts';
import { DurableLog } from './durable-log.ts';
import { type CommitLimits, GroupCommit, volatileMeta } from './group-commit.ts';
import { History, type HistoryLimits } from './history.ts';
import { listAt } from './list.ts';
import { Overlay } from './overlay.ts';
import { prefixEnd } from './prefix.ts';
import { Revisions } from './revisions.ts';
import type {
  KeyValue,
  ListOptions,
  ListResult,
  Store,
  StoreEvent,
  WatchObserver,
  WriteOptions,
  WriteResult,
} from './store.ts';
import { closed, StoreOpenError, unavailable } from './store-errors.ts';
import { Watcher, WatchHub } from './watch-hub.ts';

export interface StoreLimits extends CompactionLimits, CommitLimits {
  /** Of the history in memory. */
  readonly history: HistoryLimits;
  /** How many revisions are reserved at once. */
  readonly revisionBlock: number;
}

export interface SqliteStoreOptions {
  /** Holds `bramble.db`; made when missing. */
  readonly dataDir: string;
  /** Keys under these never touch the disk: `events/`, `leases/`. */
  readonly memoryPrefixes: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  /** What differs from DEFAULT_LIMITS. */
  readonly limits?: Partial<StoreLimits>;
}

const DEFAULT_LIMITS: StoreLimits = {
  historyMs: 5 * 60_000,
  supersededRows: 20_000,
  history: { events: 10_000, chars: 8 * 1024 * 1024 },
  batch: 500,
  logBytes: 4 * 1024 * 1024,
  stallMs: 10_000,
  revisionBlock: 10_000,
};

/** Databases up to this size are checked after a crash. */
const CHECK_BYTES = 32 * 1024 * 1024;

/** Events read from disk at once for a watcher that comes back from long ago. */
const REPLAY_ROWS = 256;

/** The store embedded in the master: one SQLite file, one writer, everything acknowledged is durable (see DurableLog). */
export class SqliteStore implements Store {
  readonly #disk: DurableLog;
  readonly #log: Logger;
  readonly #memoryPrefixes: readonly string[];
  readonly #overlay = new Overlay();
  readonly #hub = new WatchHub();
  readonly #history: History;
  readonly #revisions: Revisions;
  readonly #commits: GroupCommit;
  readonly #compactor: Compactor;
  /** The newest revision that is durable, or needs not be: reads show nothing above it. */
  #visible: number;
  #compacted: number;
  #closing: Promise<void> | undefined;

  /** Opens what a clean stop, a crash or a power cut left. @throws StoreOpenError that says what to do. */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
    const path = databasePath(options);
    const disk = await DurableLog.open(path);
    try {
      return await SqliteStore.#start(disk, options);
    } catch (error) {
      await disk.close();
      throw StoreOpenError.from(error, path);
    }
  }

  static async #start(disk: DurableLog, options: SqliteStoreOptions): Promise<SqliteStore> {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const meta = disk.database.meta();
    if (meta.get('clean') !== 1) await checkAfterCrash(disk, options);
    // 1, not 0, in a new store: to Kubernetes' clients resourceVersion 0 means "any".
    const last = Math.max(1, meta.get('reserved') ?? 0);
    const revisions = new Revisions(last, last, limits.revisionBlock);
    disk.commit(() => {
      disk.database.setMeta('reserved', revisions.wanted);
      disk.database.setMeta('clean', 0);
    });
    await disk.sync();
    revisions.reserved(revisions.wanted);
    return new SqliteStore(disk, revisions, { ...options, limits, meta });
  }

  private constructor(
    disk: DurableLog,
    revisions: Revisions,
    options: SqliteStoreOptions & { readonly limits: StoreLimits; readonly meta: ReadonlyMap<string, number> },
  ) {
    const { clock, log, limits, meta } = options;
    this.#disk = disk;
    this.#log = log;
    this.#memoryPrefixes = options.memoryPrefixes;
    this.#visible = revisions.next - 1;
    this.#compacted = meta.get('compacted') ?? 0;
    this.#history = new History(this.#visible, limits.history);
    const volatileSegments = volatileSegmentsOf(meta);
    // What these held before the start is gone or may have gone back: watchers from then list again.
    for (const prefix of [...options.memoryPrefixes, ...volatileSegments])
      this.#history.raiseFloor(prefix, this.#visible);
    const target = {
      lookup: (key: string) => this.#current(key),
      isMemory: (key: string) => this.#isMemory(key),
      publish: (changes: readonly Change[]) => this.#publish(changes),
    };
    this.#commits = new GroupCommit({ disk, revisions, volatileSegments, target, limits, clock, log });
    const forget = (revision: number) => this.#forget(revision);
    const parts = { disk, commits: this.#commits, clock, log, limits, forget };
    this.#compactor = new Compactor(parts, this.#compacted, this.#visible);
    this.#revisions = revisions;
  }

  get revision(): number {
    return this.#visible;
  }

  async get(key: string): Promise<KeyValue | undefined> {
    const current = this.#reading(() => this.#current(key));
    return current && { key, value: current.value, revision: current.revision };
  }

  async list(prefix: string, options: ListOptions = {}): Promise<ListResult> {
    const at = Math.min(options.revision ?? this.#visible, this.#visible);
    if (at < this.#compacted || (at < this.#visible && at < this.#history.floorOf(prefix))) throw expired();
    const sources = { database: this.#disk.database, overlay: this.#overlay, history: this.#history };
    return this.#reading(() => listAt(sources, prefix, { ...options, at, isNewest: at === this.#visible }));
  }

  create(key: string, value: string, options?: WriteOptions): Promise<WriteResult> {
    return this.#submit({ op: 'create', key, value, expectedRevision: 0, volatile: options?.volatile ?? false });
  }

  update(key: string, value: string, expectedRevision: number, options?: WriteOptions): Promise<WriteResult> {
    return this.#submit({ op: 'update', key, value, expectedRevision, volatile: options?.volatile ?? false });
  }

  delete(key: string, expectedRevision: number): Promise<WriteResult> {
    return this.#submit({ op: 'delete', key, value: '', expectedRevision, volatile: false });
  }

  async watch(prefix: string, fromRevision: number, observer: WatchObserver): Promise<() => void> {
    if (this.#closing) throw closed();
    const watcher = new Watcher({ prefix, revision: fromRevision }, observer, this.#log);
    let at = fromRevision;
    this.#assertTold(prefix, at);
    while (at < this.#history.start && !watcher.isOver) {
      at = this.#replayFromDisk(watcher, at);
      await nextTurn();
      if (this.#closing) throw closed();
      this.#assertTold(prefix, at);
    }
    for (const { event } of this.#history.after(at)) watcher.event(event);
    if (!watcher.isOver) this.#hub.add(watcher);
    return () => {
      watcher.cancel();
      this.#hub.remove(watcher);
    };
  }

  async compact(revision: number): Promise<void> {
    await this.#compactor.compact(Math.min(revision, this.#visible));
  }

  /** Makes a database file that holds every write that was acknowledged when this began, and maybe later ones. */
  async snapshotTo(path: string): Promise<void> {
    if (this.#closing) throw closed();
    try {
      await this.#disk.database.copyTo(path);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Finishes what was begun, keeps volatile values, ends the watches. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#compactor.stop();
    await this.#keepVolatile();
    await this.#commits.close();
    this.#hub.endAll(closed());
    try {
      // The next start goes on where this one stopped, instead of at the end of the reserved block.
      const { database } = this.#disk;
      const note = () => {
        database.setMeta('reserved', this.#revisions.next - 1);
        database.setMeta('clean', 1);
      };
      if (!this.#disk.isSuspect) this.#disk.commit(note);
    } catch (err) {
      this.#log.warn({ err }, 'store could not note its clean stop; revisions will skip ahead');
    }
    await this.#disk.close();
  }

  async #keepVolatile(): Promise<void> {
    const writes = this.#overlay
      .volatile()
      .map(({ key, value, revision }) => this.#commits.submit(intentOf(key, value, revision)));
    const lost = (await Promise.allSettled(writes)).filter(({ status }) => status === 'rejected').length;
    if (lost > 0) this.#log.warn({ lost }, 'store could not keep volatile values; older ones come back');
  }

  #submit(intent: Intent): Promise<WriteResult> {
    if (this.#closing) return Promise.reject(closed());
    return this.#commits.submit(intent);
  }

  #current(key: string): Current | undefined {
    const over = this.#overlay.get(key);
    if (over || this.#isMemory(key)) return over;
    const row = this.#disk.database.get(key, this.#visible);
    return row && { ...row, durableRevision: row.revision };
  }

  #isMemory(key: string): boolean {
    return this.#memoryPrefixes.some((prefix) => key.startsWith(prefix));
  }

  #publish(changes: readonly Change[]): void {
    let superseded = 0;
    for (const change of changes) {
      this.#overlay.apply(change);
      this.#history.append(change);
      if (change.place === 'disk' && change.previous) superseded += 1;
    }
    this.#visible = changes.at(-1)?.event.revision ?? this.#visible;
    this.#compactor.note(this.#visible, superseded);
    this.#hub.publish(
      changes.map(({ event }) => event),
      this.#visible,
    );
  }

  #forget(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision);
    this.#history.forget(revision);
  }

  #assertTold(prefix: string, from: number): void {
    if (from < this.#compacted || from < this.#history.floorOf(prefix)) throw expired();
  }

  /** @returns the revision up to which everything was told. */
  #replayFromDisk(watcher: Watcher, after: number): number {
    const upTo = this.#history.start;
    const range = { from: watcher.prefix, end: prefixEnd(watcher.prefix) };
    const read = () => this.#disk.database.events(range, { after, upTo }, REPLAY_ROWS);
    const events: readonly StoreEvent[] = this.#reading(read);
    for (const event of events) watcher.event(event);
    return events.length < REPLAY_ROWS ? upTo : (events.at(-1)?.revision ?? upTo);
  }

  #reading<T>(read: () => T): T {
    if (this.#closing) throw closed();
    try {
      return read();
    } catch (error) {
      throw unavailable(error);
    }
  }
}

function databasePath({ dataDir }: SqliteStoreOptions): string {
  return join(dataDir, 'bramble.db');
}

/** Reads the whole database, if that takes no more than a moment: a cut of power is what damages one. @throws StoreOpenError */
async function checkAfterCrash(disk: DurableLog, options: SqliteStoreOptions): Promise<void> {
  const path = databasePath(options);
  const { size } = await stat(path);
  if (size > CHECK_BYTES) return;
  const wrong = disk.database.check();
  if (wrong !== 'ok') throw StoreOpenError.damaged(path, wrong);
}

function intentOf(key: string, value: string, expectedRevision: number): Intent {
  return { op: 'update', key, value, expectedRevision, volatile: false };
}

function volatileSegmentsOf(meta: ReadonlyMap<string, number>): Set<string> {
  const mark = volatileMeta('');
  return new Set([...meta.keys()].filter((name) => name.startsWith(mark)).map((name) => name.slice(mark.length)));
}
