import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { SqliteStore, type StoreLimits } from '../../../src/master/store/sqlite.ts';

export const silent = createLogger('silent');

export function openStore(dataDir: string, limits: Partial<StoreLimits> = {}, clock: Clock = systemClock) {
  return SqliteStore.open({ dataDir, memoryPrefixes: ['events/', 'leases/'], clock, log: silent, limits });
}

/** A directory for one test, on the disk that holds temporary files; removed afterwards. */
export async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bramble-store-'));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
