import assert from 'node:assert/strict';
import { createLogger } from '../../src/lib/logger.ts';
import { Housekeeping } from '../../src/master/housekeeping.ts';
import { eventually } from '../lib/eventually.ts';

describe('housekeeping', () => {
  it('does a chore at its times, also after one that failed, and stops', async () => {
    let runs = 0;
    const chore = {
      name: 'count',
      cron: '* * * * * *',
      run: async () => {
        runs++;
        if (runs === 1) throw new Error('the first one fails');
      },
    };
    const housekeeping = new Housekeeping([chore], createLogger('silent'));
    housekeeping.start();
    await eventually(() => assert.ok(runs >= 2));
    await housekeeping.stop();
    const before = runs;
    // The next second passes: a chore that were still scheduled would run in it.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal(runs, before);
  });
});
