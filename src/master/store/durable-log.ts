import { readSync } from 'node:fs';
import { access, type FileHandle, open, rename, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LogDatabase, PAGE_BYTES } from './log-database.ts';
import { StoreOpenError } from './store-errors.ts';

/** Sizes in the file format of SQLite's write-ahead log (fileformat2, "WAL File Format"). */
const LOG_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + PAGE_BYTES;

/**
 * The database with its durability. SQLite writes and never syncs; the syncs that make this safe are done here, on handles
 * of our own, by libuv's threads. The order that a power cut at any instant leaves a readable, complete database:
 *
 * 1. A commit is durable when the write-ahead log was synced after it. Frames carry checksums chained from the log's
 *    header, so of unsynced commits a prefix survives, never a hole.
 * 2. The log is copied into the database only while everything in it is synced. A cut during the copy is harmless: the
 *    log is whole and is applied again.
 * 3. The database is synced. Until then no commit is made, because the first one after a copy begins the log anew.
 * 4. The log's header is zeroed and synced: nothing of the log counts any more. Without this step a cut could leave the
 *    old header, some old frames and some new ones; the old frames would then be applied over newer pages.
 *
 * Steps 1 to 4 must not overlap: GroupCommit runs one at a time. A failed sync is never retried, because the kernel may
 * have dropped the pages it could not write and would call the next sync a success: `repair` goes back to the last good one.
 */
export class DurableLog {
  readonly #path: string;
  #database: LogDatabase;
  #logFile: FileHandle;
  #databaseFile: FileHandle;
  /** Frames that the last good sync covered. */
  #syncedFrames: number;
  /** The header was voided, so the next commit has to write a new one. */
  #isVoid = false;
  #isSuspect = false;

  private constructor(path: string, parts: OpenFiles) {
    this.#path = path;
    this.#database = parts.database;
    this.#logFile = parts.logFile;
    this.#databaseFile = parts.databaseFile;
    this.#syncedFrames = parts.database.logFrames();
  }

  /** @throws StoreOpenError */
  static async open(path: string): Promise<DurableLog> {
    await finishRename(path);
    const files = await openFiles(path);
    try {
      await syncFiles(path, files);
    } catch (error) {
      files.database.close();
      throw StoreOpenError.from(error, path);
    }
    return new DurableLog(path, files);
  }

  get database(): LogDatabase {
    return this.#database;
  }

  /** A sync failed: nothing may be committed before `repair` has gone through. */
  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** Size of the write-ahead log's part in use. */
  get logBytes(): number {
    return this.#isVoid ? 0 : this.#database.logFrames() * FRAME_BYTES;
  }

  /** Commits what `write` does; durable only after `sync`. Throws SQLite's errors, nothing is written then. */
  commit(write: () => void): void {
    this.#database.transaction(write);
    if (!this.#isVoid) return;
    if (!this.#hasHeader()) {
      this.#isSuspect = true;
      throw new Error('the write-ahead log did not begin anew after its content was copied');
    }
    this.#isVoid = false;
  }

  /** Makes all that was committed durable. Throws the system's error; the log is suspect then. */
  async sync(): Promise<void> {
    const frames = this.#database.logFrames();
    await this.#trust(() => this.#logFile.datasync());
    this.#syncedFrames = frames;
  }

  /** Copies the log into the database, so that it begins anew. Throws; the log is whole then, and suspect if a sync failed. */
  async checkpoint(): Promise<void> {
    if (this.#isVoid) return;
    await this.sync();
    if (!this.#database.copyLog()) return;
    await this.#trust(() => this.#databaseFile.datasync());
    // From here on the database has it all: a repair need not keep any of the log.
    this.#syncedFrames = 0;
    await this.#trust(async () => {
      await this.#logFile.write(Buffer.alloc(LOG_HEADER_BYTES), 0, LOG_HEADER_BYTES, 0);
      await this.#logFile.datasync();
    });
    this.#isVoid = true;
  }

  /**
   * Goes back to what the last good sync covered: the database is opened again on the log cut off there.
   * Throws when the disk still fails; the database can be read all the same, and is suspect still.
   */
  async repair(): Promise<void> {
    await this.#abandon();
    const keepBytes = this.#syncedFrames === 0 ? 0 : LOG_HEADER_BYTES + this.#syncedFrames * FRAME_BYTES;
    await truncate(logPath(this.#path), keepBytes);
    const files = await openFiles(this.#path);
    this.#database = files.database;
    this.#logFile = files.logFile;
    this.#databaseFile = files.databaseFile;
    await syncFiles(this.#path, files);
    this.#syncedFrames = files.database.logFrames();
    this.#isVoid = false;
    this.#isSuspect = false;
  }

  /** Leaves a database without a log behind; after a failed sync the files as they are. */
  async close(): Promise<void> {
    if (this.#isSuspect) return this.#abandon();
    this.#database.close();
    await this.#closeHandles();
  }

  /**
   * Closes everything and leaves the log as it is. SQLite copies the log when it closes, and would take along what may never
   * reach the disk; but not when the file is no longer where it was opened (it checks).
   */
  async #abandon(): Promise<void> {
    await rename(this.#path, movedPath(this.#path));
    try {
      this.#database.abandon();
    } finally {
      await rename(movedPath(this.#path), this.#path);
    }
    await this.#closeHandles();
  }

  /** After the database: closing any handle of a file drops this process's locks on it (fcntl). */
  async #closeHandles(): Promise<void> {
    await this.#logFile.close();
    await this.#databaseFile.close();
  }

  async #trust(sync: () => Promise<void>): Promise<void> {
    try {
      await sync();
    } catch (error) {
      this.#isSuspect = true;
      throw error;
    }
  }

  #hasHeader(): boolean {
    const header = Buffer.alloc(4);
    readSync(this.#logFile.fd, header, 0, 4, 0);
    return header.readUInt32BE() !== 0;
  }
}

interface OpenFiles {
  readonly database: LogDatabase;
  readonly logFile: FileHandle;
  readonly databaseFile: FileHandle;
}

/** @throws StoreOpenError */
async function openFiles(path: string): Promise<OpenFiles> {
  const database = LogDatabase.open(path);
  try {
    // Writes something, so that there is a log to open a handle of.
    database.transaction(() => database.setMeta('opened', (database.meta().get('opened') ?? 0) + 1));
    return { database, logFile: await open(logPath(path), 'r+'), databaseFile: await open(path, 'r+') };
  } catch (error) {
    database.close();
    throw StoreOpenError.from(error, path);
  }
}

/** Makes what opening wrote durable, and the names of new files. */
async function syncFiles(path: string, { logFile }: OpenFiles): Promise<void> {
  await logFile.sync();
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function logPath(path: string): string {
  return `${path}-wal`;
}

/** Where the database is for the instant that `repair` closes it. */
function movedPath(path: string): string {
  return `${path}.moved`;
}

/** Undoes the half of a move that a power cut may have left. */
async function finishRename(path: string): Promise<void> {
  const isThere = (file: string) =>
    access(file).then(
      () => true,
      () => false,
    );
  if (!(await isThere(path)) && (await isThere(movedPath(path)))) await rename(movedPath(path), path);
}
