import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { SqliteStore } from '../../src/master/store/sqlite.ts';
import type { Store } from '../../src/master/store/store.ts';
import type { Figure, Measurement } from './measurement.ts';

const MS = 3000;
/** About a pod's. */
const VALUE_BYTES = 2048;

/** Durable writes of the store alone, without the API before it. */
export const storeWrites: Measurement = {
  name: 'store',
  title: 'Durable writes of the store',
  async run() {
    const dataDir = mkdtempSync(join(tmpdir(), 'bench-store-'));
    const log = createLogger('silent');
    const store = await SqliteStore.open({ dataDir, memoryPrefixes: [], clock: systemClock, log });
    try {
      return [await writes(store, 1), await writes(store, 50)];
    } finally {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};

async function writes(store: Store, concurrency: number): Promise<Figure> {
  const value = JSON.stringify({ filler: 'x'.repeat(VALUE_BYTES) });
  let count = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async (_, writer) => {
      for (let i = 0; performance.now() - start < MS; i++) {
        await store.create(`pods/c${concurrency}/w${writer}-${i}`, value);
        count += 1;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const note = `${VALUE_BYTES / 1024} KiB each, on disk when answered`;
  return { name: `writes, ${concurrency} at once`, value: count / seconds, unit: 'a second', note };
}
