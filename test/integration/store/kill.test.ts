import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { StoreOpenError } from '../../../src/master/store/store-errors.ts';
import { LEDGER_WRITERS, Ledger } from './ledger.ts';
import { inDirectory, openStore } from './open-store.ts';

const KILLS = 200;
const LANES = 2;
const CHILD = join(import.meta.dirname, 'ledger-child.ts');

function startChild(directory: string, steps: readonly number[]): ChildProcess {
  return spawn(process.execPath, [CHILD, directory, steps.join(',')], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Lets a child write until it is killed, a random short time after its first acknowledgement. */
async function oneLife(directory: string, ledger: Ledger): Promise<void> {
  const steps = Array.from({ length: LEDGER_WRITERS }, (_, writer) => ledger.step(writer));
  const child = startChild(directory, steps);
  assert.ok(child.stdout);
  const killAfterMs = Math.random() * 40;
  let timer: NodeJS.Timeout | undefined;
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    ledger.read(line);
    timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  }
  clearTimeout(timer);
  const [, signal] = await exited;
  assert.equal(signal, 'SIGKILL', 'the child ended by itself');
}

describe('SqliteStore killed in the middle of writing', () => {
  let acknowledged = 0;

  it(`keeps every acknowledged write over ${KILLS} kills, with no revision going back`, async function () {
    this.timeout(120_000);
    const lanes = Array.from({ length: LANES }, () =>
      inDirectory(async (base) => {
        const ledger = new Ledger();
        const directory = join(base, 'data');
        for (let kill = 0; kill < KILLS / LANES; kill++) {
          await oneLife(directory, ledger);
          ledger.settle(await ledger.verify(directory, join(base, 'copy')));
        }
        acknowledged += ledger.acknowledged;
      }),
    );
    // All of them first: a lane that goes on after the other failed would leave its files behind.
    await Promise.allSettled(lanes);
    await Promise.all(lanes);
    console.log(`      ${KILLS} kills, ${acknowledged} acknowledged writes, 0 lost`);
  });

  it('is locked while another process has it, and free as soon as that is killed', () =>
    inDirectory(async (directory) => {
      const child = startChild(directory, []);
      assert.ok(child.stdout);
      await once(child.stdout, 'data');
      child.stdout.resume();
      await assert.rejects(
        openStore(directory),
        (error) =>
          error instanceof StoreOpenError && error.why === 'locked' && /another Bramble master/.test(error.message),
      );
      child.kill('SIGKILL');
      await once(child, 'exit');
      await (await openStore(directory)).close();
    }));
});
