/** Writes until it is killed, and says on its standard output what was acknowledged, in the instant it was. */
import { writeSync } from 'node:fs';
import type { SqliteStore } from '../../../src/master/store/sqlite.ts';
import { LEDGER_LIMITS, LEDGER_WRITERS, ledgerKey, valueAfter } from './ledger.ts';
import { openStore } from './open-store.ts';
import { revisionOf } from './store-behaviour.ts';

const [directory = '', startSteps = ''] = process.argv.slice(2);

/** Standard output is a pipe that may be full: an acknowledgement that was not told would look like a loss. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

async function take(store: SqliteStore, writer: number, step: number): Promise<number> {
  const key = ledgerKey(writer);
  const current = await store.get(key);
  const value = valueAfter(writer, step);
  if (value === undefined) return revisionOf(await store.delete(key, current?.revision ?? 0));
  if (!current) return revisionOf(await store.create(key, value));
  return revisionOf(await store.update(key, value, current.revision));
}

async function write(store: SqliteStore, writer: number, from: number): Promise<void> {
  for (let step = from + 1; ; step++) {
    const revision = await take(store, writer, step);
    tell(`ack ${writer} ${step} ${revision}`);
    if (step % 7 === 0) await store.create(`events/ledger/${writer}-${step}`, '{}');
    if (step % 10 === 0 && writer === 0) await store.compact(store.revision - 20);
  }
}

const store = await openStore(directory, LEDGER_LIMITS);
tell(`open ${store.revision}`);
const steps = startSteps.split(',').map(Number);
await Promise.all(Array.from({ length: LEDGER_WRITERS }, (_, writer) => write(store, writer, steps[writer] ?? 0)));
