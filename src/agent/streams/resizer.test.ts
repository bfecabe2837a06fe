import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { Resizer, type TerminalSize } from './resizer.ts';

describe('a terminal', () => {
  async function settle(clock: ManualClock): Promise<void> {
    for (let i = 0; i < 20; i++) {
      await turn();
      clock.advance(10_000);
    }
  }

  it('gets its size once the process is there, and then the newest only', async () => {
    const clock = new ManualClock();
    const applied: TerminalSize[] = [];
    let refusals = 3;
    const resizer = new Resizer(async (size) => {
      if (refusals-- > 0) throw new Error('not started');
      applied.push(size);
    }, clock);
    resizer.resize({ width: 80, height: 24 });
    resizer.resize({ width: 100, height: 30 });
    resizer.resize({ width: 120, height: 40 });
    await settle(clock);
    assert.deepEqual(applied, [{ width: 120, height: 40 }]);
  });

  it('is left alone by a size that is none', async () => {
    const clock = new ManualClock();
    const resizer = new Resizer(() => assert.fail('resized'), clock);
    resizer.resize({ width: 0, height: 0 });
    await settle(clock);
  });

  it('that never comes is given up', async () => {
    const clock = new ManualClock();
    let attempts = 0;
    const resizer = new Resizer(async () => {
      attempts += 1;
      throw new Error('gone');
    }, clock);
    resizer.resize({ width: 80, height: 24 });
    await settle(clock);
    assert.equal(attempts, 10);
  });
});
