import { ApiError } from '../../api/meta/errors.ts';

/** SQLite's primary result codes that mean something to us (rescode). */
const SQLITE = { busy: 5, readonly: 8, ioerr: 10, corrupt: 11, full: 13, cantopen: 14, notadb: 26 } as const;

const RETRY_AFTER_SECONDS = 5;

/** Why a database cannot be opened, and what to do about it. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
  readonly why: 'locked' | 'damaged' | 'newer' | 'unusable';

  constructor(why: StoreOpenError['why'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.why = why;
  }

  static from(cause: unknown, path: string): StoreOpenError {
    if (cause instanceof StoreOpenError) return cause;
    const code = sqliteCode(cause);
    if (code === SQLITE.busy) {
      const message = `${path} is in use: another Bramble master runs on this data directory. Stop it, or give this one its own --data-dir.`;
      return new StoreOpenError('locked', message, { cause });
    }
    if (code === SQLITE.corrupt || code === SQLITE.notadb) return StoreOpenError.damaged(path, textOf(cause), cause);
    const hint = 'Check that the disk is mounted, writable and not full.';
    return new StoreOpenError('unusable', `Cannot open ${path}: ${textOf(cause)}. ${hint}`, { cause });
  }

  static damaged(path: string, detail: string, cause?: unknown): StoreOpenError {
    const steps = `Keep a copy of ${path} and ${path}-wal, then bring the newest backup back with "bramble restore FILE".`;
    return new StoreOpenError('damaged', `The database ${path} is damaged (${detail}). ${steps}`, { cause });
  }

  static newer(path: string): StoreOpenError {
    const message = `${path} was written by a newer Bramble. Start that version, or restore a backup made by this one.`;
    return new StoreOpenError('newer', message);
  }
}

/** A failed write, sync or read as the API tells it: nothing was done, come again. */
export function unavailable(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  return new ApiError('ServiceUnavailable', sentence(cause), details, { cause });
}

/** The disk has not answered for long; what was asked now was not begun. */
export function stalled(): ApiError {
  const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  return new ApiError('ServiceUnavailable', 'the disk of the master does not answer; nothing was written', details);
}

export function closed(): ApiError {
  return new ApiError('ServiceUnavailable', 'the store is closed', { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function sentence(cause: unknown): string {
  const code = sqliteCode(cause);
  if (code === SQLITE.full || systemCode(cause) === 'ENOSPC')
    return 'the disk of the master is full; nothing was written';
  if (code === SQLITE.corrupt || code === SQLITE.notadb) return 'the database of the master is damaged';
  return 'the disk of the master fails; nothing was written';
}

/** The primary result code of an error of node:sqlite. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
