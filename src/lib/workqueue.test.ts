import assert from 'node:assert/strict';
import { ManualClock } from '../../test/lib/manual-clock.ts';
import type { Clock } from './clock.ts';
import { createLogger } from './logger.ts';
import { Workqueue } from './workqueue.ts';

const log = createLogger('silent');

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function queueOf(clock: Clock, work: (key: string) => Promise<void>): Workqueue {
  const queue = new Workqueue({ name: 'test', clock, log, backoff: { baseMs: 100, maxMs: 1000 } }, work);
  queue.start();
  return queue;
}

describe('Workqueue', () => {
  it('works once on a key that was added many times', async () => {
    const seen: string[] = [];
    const queue = queueOf(new ManualClock(), async (key) => void seen.push(key));
    queue.add('a');
    queue.add('a');
    await settle();
    assert.deepEqual(seen, ['a']);
  });

  it('works again on a key that was added while it was worked on, never twice at once', async () => {
    let running = 0;
    let runs = 0;
    let release = () => {};
    const queue = queueOf(new ManualClock(), async () => {
      assert.equal(++running, 1);
      runs++;
      await new Promise<void>((resolve) => (release = resolve));
      running--;
    });
    queue.add('a');
    await settle();
    queue.add('a');
    await settle();
    assert.equal(runs, 1);
    release();
    await settle();
    assert.equal(runs, 2);
    release();
    await queue.stop();
  });

  it('tries a failing key again after its back-off, which grows', async () => {
    const clock = new ManualClock();
    const at: number[] = [];
    const queue = queueOf(clock, async () => {
      at.push(clock.now());
      throw new Error('no');
    });
    queue.add('a');
    await settle();
    for (let i = 0; i < 4; i++) {
      clock.advance(100);
      await settle();
    }
    assert.deepEqual(at, [0, 100, 300]);
    await queue.stop();
  });

  it('keeps the earlier of two delays', async () => {
    const clock = new ManualClock();
    const at: number[] = [];
    const queue = queueOf(clock, async () => void at.push(clock.now()));
    queue.addAfter('a', 50);
    queue.addAfter('a', 500);
    clock.advance(50);
    await settle();
    clock.advance(1000);
    await settle();
    assert.deepEqual(at, [50]);
  });

  it('keeps to its delays when the date is set, forward or back', async () => {
    for (const jump of [-7_200_000, 7_200_000]) {
      const clock = new ManualClock(10_000_000);
      let runs = 0;
      const queue = queueOf(clock, async () => void runs++);
      queue.addAfter('a', 30_000);
      clock.jump(jump);
      queue.addAfter('a', 100);
      clock.advance(100);
      await settle();
      assert.equal(runs, 1);
      queue.addAfter('a', 30_000);
      clock.advance(30_000);
      await settle();
      assert.equal(runs, 2);
    }
  });
});
