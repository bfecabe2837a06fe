import assert from 'node:assert/strict';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { onceASecond } from './once-a-second.ts';

describe('what is read once a second', () => {
  it('is read for the first question, and for the first a second later', async () => {
    const clock = new ManualClock();
    let reads = 0;
    const read = onceASecond(async () => ++reads, clock);
    assert.deepEqual(await Promise.all([read(), read()]), [1, 1]);
    clock.jump(3_600_000);
    clock.advance(999);
    assert.equal(await read(), 1);
    clock.advance(1);
    assert.equal(await read(), 2);
  });
});
