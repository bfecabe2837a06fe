import assert from 'node:assert/strict';
import { cp, mkdir, rm } from 'node:fs/promises';
import type { StoreLimits } from '../../../src/master/store/sqlite.ts';
import { openStore } from './open-store.ts';

/**
 * What a writer that is cut off at any instant may and may not lose. Each writer has one key and takes numbered steps on it;
 * what the key holds follows from the number of the step, so the ledger needs only the last acknowledged one.
 */
export const LEDGER_WRITERS = 16;

/** So small that the log is copied and begun anew, and revisions are reserved, several times in a life. */
export const LEDGER_LIMITS: Partial<StoreLimits> = { logBytes: 40_000, revisionBlock: 40, batch: 8 };

export function ledgerKey(writer: number): string {
  return `pods/ledger/${writer}`;
}

/** What the key holds after `step`: every fifth deletes it, the next one creates it again. Sizes vary over pages. */
export function valueAfter(writer: number, step: number): string | undefined {
  if (step === 0 || step % 5 === 4) return undefined;
  return `${writer}:${step}`.padEnd(50 + ((step * 997) % 6000), '.');
}

/** One line of the child's ledger: `ack <writer> <step> <revision>` or `open <revision>`. */
export class Ledger {
  acknowledged = 0;
  readonly #steps = new Map<number, number>();
  #newest = 0;
  readonly #revisions = new Set<number>();

  read(line: string): void {
    const [word, ...rest] = line.split(' ');
    const [first = Number.NaN, step = Number.NaN, revision = Number.NaN] = rest.map(Number);
    if (word === 'open') {
      assert.ok(first >= this.#newest, `opened at ${first}, but ${this.#newest} was handed out before`);
      return;
    }
    assert.equal(word, 'ack', line);
    assert.ok(!this.#revisions.has(revision), `revision ${revision} was handed out twice`);
    this.#revisions.add(revision);
    this.#newest = Math.max(this.#newest, revision);
    this.#steps.set(first, step);
    this.acknowledged += 1;
  }

  /** The last acknowledged step of a writer. */
  step(writer: number): number {
    return this.#steps.get(writer) ?? 0;
  }

  /**
   * Opens a copy of what the cut left, so that the next life begins on the original as it is.
   * @returns the steps that the keys really are at: the acknowledged ones, or the one after that had not been answered.
   */
  async verify(directory: string, copy: string): Promise<number[]> {
    await rm(copy, { recursive: true, force: true });
    await mkdir(copy, { recursive: true });
    await cp(directory, copy, { recursive: true });
    const store = await openStore(copy, LEDGER_LIMITS);
    try {
      assert.ok(store.revision >= this.#newest, `opened at ${store.revision} after ${this.#newest}`);
      const steps: number[] = [];
      for (let writer = 0; writer < LEDGER_WRITERS; writer++) {
        const acknowledged = this.step(writer);
        const value = (await store.get(ledgerKey(writer)))?.value;
        const found = [acknowledged, acknowledged + 1].find((step) => valueAfter(writer, step) === value);
        const text = `key ${writer} holds ${value?.slice(0, 12)} after step ${acknowledged} was acknowledged`;
        assert.ok(found !== undefined, text);
        steps.push(found);
      }
      const listed = (await store.list('pods/ledger/')).items.length;
      assert.equal(listed, steps.filter((step, writer) => valueAfter(writer, step) !== undefined).length);
      return steps;
    } finally {
      await store.close();
    }
  }

  /** Goes on from what was found: an unanswered step that happened counts from now on. */
  settle(steps: readonly number[]): void {
    for (const [writer, step] of steps.entries()) this.#steps.set(writer, step);
  }
}
