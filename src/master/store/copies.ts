import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { LogDatabase } from './log-database.ts';
import { StoreOpenError } from './store-errors.ts';

const COMPACT_ROWS = 1000;

function databaseIn(dataDir: string): string {
  return join(dataDir, 'bramble.db');
}

/** Copies the database of a master that does not run. @throws StoreOpenError when it does, or there is none. */
export async function copyStopped(dataDir: string, to: string): Promise<void> {
  const path = databaseIn(dataDir);
  await access(path);
  const database = LogDatabase.open(path);
  try {
    await database.copyTo(to);
  } finally {
    database.close();
  }
}

/** Makes sure that no master runs on these files. @throws StoreOpenError when one does. */
export function assertStopped(dataDir: string): void {
  try {
    LogDatabase.open(databaseIn(dataDir)).close();
  } catch (error) {
    // Damaged, or newer: a restore is what helps.
    if (error instanceof StoreOpenError && error.why === 'locked') throw error;
  }
}

/**
 * Makes a copied database the beginning of a new history: revisions go on `lead` behind the last one that it knows of, and nothing
 * of the old history can be asked for. Whoever watched the old one, also what the copy does not hold, is told Expired and lists anew.
 * @throws StoreOpenError when it is damaged or of a newer version. @returns the revision that the store will open at.
 */
export function beginNewHistory(path: string, lead: number): number {
  const database = LogDatabase.open(path);
  try {
    const wrong = database.check();
    if (wrong !== 'ok') throw StoreOpenError.damaged(path, wrong);
    const meta = database.meta();
    const last = Math.max(1, meta.get('reserved') ?? 0);
    database.transaction(() => {
      for (let after = meta.get('compacted') ?? 0; after < last; ) {
        const { revisions, reached } = database.superseded(after, last, COMPACT_ROWS);
        for (const revision of revisions) database.remove(revision);
        after = reached;
      }
      database.setMeta('reserved', last + lead);
      database.setMeta('compacted', last + lead);
      database.setMeta('clean', 1);
    });
    return last + lead;
  } finally {
    database.close();
  }
}
