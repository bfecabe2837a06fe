import assert from 'node:assert/strict';
import { slowStart } from './slow-start.ts';

describe('slowStart', () => {
  /** @returns how many ran at once, round by round */
  async function rounds(count: number, failAt = Number.POSITIVE_INFINITY): Promise<number[]> {
    const sizes: number[] = [];
    let running = 0;
    let started = 0;
    const run = async () => {
      started += 1;
      const isFailing = started > failAt;
      running += 1;
      await Promise.resolve();
      if (running > 0) sizes.push(running);
      running = 0;
      if (isFailing) throw new Error('quota');
    };
    await slowStart(count, run).catch((error: Error) => assert.equal(error.message, 'quota'));
    return sizes;
  }

  it('doubles with every round that goes well', async () => {
    assert.deepEqual(await rounds(10), [1, 2, 4, 3]);
    assert.deepEqual(await rounds(0), []);
  });

  it('begins no further round after a failure', async () => {
    assert.deepEqual(await rounds(100, 0), [1]);
    assert.deepEqual(await rounds(100, 2), [1, 2]);
  });

  it('throws what went wrong first', async () => {
    await assert.rejects(
      slowStart(3, () => Promise.reject(new Error('no'))),
      /no/,
    );
  });
});
