import assert from 'node:assert/strict';
import { eventually } from '../../test/lib/eventually.ts';
import { ManualClock } from '../../test/lib/manual-clock.ts';
import { Repeating } from './repeating.ts';

describe('Repeating', () => {
  it('passes at once, then after each pause, and counts failures in a row', async () => {
    const clock = new ManualClock();
    const outcomes = ['fine', 'bad', 'bad', 'fine', 'bad'];
    const failures: number[] = [];
    let passes = 0;
    const loop = new Repeating({
      pass: async () => {
        passes += 1;
        if (outcomes[passes - 1] === 'bad') throw new Error('bad');
      },
      pauseMs: () => 1_000,
      onFailure: (_, inARow) => failures.push(inARow),
      clock,
    });
    loop.start();
    await eventually(() => assert.equal(passes, 1));
    await eventually(() => {
      clock.advance(1_000);
      assert.equal(passes, outcomes.length);
    });
    await loop.stop();
    assert.deepEqual(failures, [1, 2, 1]);
  });

  it('ends its pause when it is stopped, and passes no more', async () => {
    let passes = 0;
    const loop = new Repeating({
      pass: async () => void passes++,
      pauseMs: () => 1_000,
      onFailure: () => assert.fail(),
      clock: new ManualClock(),
    });
    loop.start();
    await eventually(() => assert.equal(passes, 1));
    await loop.stop();
    assert.ok(loop.signal.aborted);
    assert.equal(passes, 1);
  });
});
