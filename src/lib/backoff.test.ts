import assert from 'node:assert/strict';
import { Backoff, backoffMs } from './backoff.ts';

const policy = { baseMs: 10_000, maxMs: 300_000 };

describe('backoff', () => {
  for (const [failures, wanted] of [
    [0, 0],
    [1, 10_000],
    [2, 20_000],
    [5, 160_000],
    [6, 300_000],
    [5000, 300_000],
  ] as const) {
    it(`waits ${wanted} ms after ${failures} failures`, () => assert.equal(backoffMs(failures, policy), wanted));
  }

  it('holds a key until its time has come and forgets it on success', () => {
    const backoff = new Backoff<string>(policy);
    assert.equal(backoff.failed('a', 1000), 11_000);
    assert.equal(backoff.heldUntil('a', 10_999), 11_000);
    assert.equal(backoff.heldUntil('a', 11_000), undefined);
    assert.equal(backoff.failed('a', 11_000), 31_000);
    backoff.succeeded('a');
    assert.equal(backoff.failed('a', 50_000), 60_000);
  });
});
