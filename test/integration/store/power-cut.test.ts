import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { skip } from '../../lib/skip.ts';
import { buildShim, parseTrace, type TraceRecord } from './io-shim.ts';
import { Ledger } from './ledger.ts';
import { inDirectory, openStore } from './open-store.ts';
import { afterCut, randomFrom, type Survival } from './power-cut.ts';

const ACKNOWLEDGEMENTS = 1500;
const CUTS = 160;
const LYING_CUTS = 20;
const SURVIVALS: readonly Survival[] = ['any sectors', 'any pages', 'nothing', 'everything'];

/** Records what a child that writes the ledger does to its files, until it was acknowledged enough. */
async function recordLife(base: string, library: string): Promise<{ start: Buffer; records: TraceRecord[] }> {
  const directory = join(base, 'data');
  await (await openStore(directory)).close();
  const start = await readFile(join(directory, 'bramble.db'));
  const trace = join(base, 'trace');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'ledger-child.ts'), directory, ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LD_PRELOAD: library, SHIM_DIR: directory, SHIM_TRACE: trace },
  });
  assert.ok(child.stdout);
  let lines = 0;
  const exited = once(child, 'exit');
  for await (const _ of createInterface({ input: child.stdout })) {
    lines += 1;
    if (lines === ACKNOWLEDGEMENTS) child.kill('SIGKILL');
  }
  await exited;
  return { start, records: parseTrace(await readFile(trace)) };
}

interface Cut {
  readonly start: Buffer;
  readonly records: readonly TraceRecord[];
  readonly survival: Survival;
  readonly seed: number;
}

/** Makes the files that a power cut after the last record leaves, and holds them to the ledger. @throws when something is lost */
async function verifyCut(base: string, { start, records, survival, seed }: Cut): Promise<number> {
  const random = randomFrom(seed);
  const directory = join(base, `cut-${seed}`);
  await mkdir(directory, { recursive: true });
  const of = (file: TraceRecord['file']) => records.filter((record) => record.file === file);
  await writeFile(join(directory, 'bramble.db'), afterCut(start, of('d'), survival, random));
  await writeFile(join(directory, 'bramble.db-wal'), afterCut(Buffer.alloc(0), of('w'), survival, random));
  const ledger = new Ledger();
  const said = Buffer.concat(of('1').map(({ data }) => data)).toString();
  for (const line of said.split('\n')) if (line) ledger.read(line);
  await ledger.verify(directory, join(base, `copy-${seed}`));
  await Promise.all([directory, join(base, `copy-${seed}`)].map((path) => rm(path, { recursive: true })));
  return ledger.acknowledged;
}

describe('SqliteStore after a power cut', () => {
  it(`has every acknowledged write and opens without a step, whatever of the unsynced sectors survived`, async function () {
    this.timeout(120_000);
    await inDirectory(async (base) => {
      const library = await buildShim(base);
      if (!library) skip(this, 'no compiler here: apt-get install gcc libc6-dev');
      const { start, records } = await recordLife(base, library);
      const random = randomFrom(7);
      const copies = records.filter(
        ({ op, file, data }) => op === 'w' && file === 'w' && data.every((byte) => byte === 0),
      );
      assert.ok(copies.length > 10, `the log was begun anew ${copies.length} times only`);
      let seen = 0;
      for (let seed = 0; seed < CUTS; seed++) {
        const cut = Math.floor(random() * records.length);
        const survival = SURVIVALS[seed % SURVIVALS.length] ?? 'nothing';
        seen += await verifyCut(base, { start, records: records.slice(0, cut), survival, seed });
      }
      console.log(
        `      ${CUTS} power cuts, ${seen} acknowledged writes looked for, 0 lost, ${copies.length} copies of the log`,
      );
      // The proof that this test would notice: on a disk whose syncs do nothing, writes are lost.
      const lying = records.filter(({ op }) => op !== 's');
      const outcomes = [];
      for (let seed = 0; seed < LYING_CUTS; seed++) {
        const cut = lying.slice(0, Math.floor(lying.length * random()));
        outcomes.push(
          await verifyCut(base, { start, records: cut, survival: 'nothing', seed }).then(
            () => true,
            () => false,
          ),
        );
      }
      assert.ok(outcomes.includes(false), 'a disk that never syncs was not noticed');
    });
  });
});
