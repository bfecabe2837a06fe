import assert from 'node:assert/strict';
import { ManualClock } from '../../test/lib/manual-clock.ts';
import { systemClock, toRfc3339, toRfc3339Micro } from './clock.ts';

const DAY_MS = 86_400_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

describe('the clock of the system', () => {
  const { setTimeout, clearTimeout } = globalThis;
  let time: ManualClock;
  beforeEach(() => {
    time = new ManualClock();
    // Node's timers with their rule, and time that a test winds.
    const timers = {
      setTimeout: (run: () => void, ms: number) => time.after(ms > MAX_TIMER_MS ? 1 : ms, run),
      clearTimeout: (cancel: () => void) => cancel(),
    };
    Object.assign(globalThis, timers);
  });
  afterEach(() => {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  });

  for (const ms of [0, 1000, MAX_TIMER_MS, MAX_TIMER_MS + 1, 30 * DAY_MS, 400 * DAY_MS]) {
    it(`calls once after ${ms} ms, and no sooner`, () => {
      let calls = 0;
      systemClock.after(ms, () => calls++);
      time.advance(ms - 1);
      assert.equal(calls, 0);
      time.advance(1);
      assert.equal(calls, 1);
      time.advance(ms);
      assert.equal(calls, 1);
    });
  }

  for (const passedMs of [0, MAX_TIMER_MS, 29 * DAY_MS]) {
    it(`is cancelled ${passedMs} ms into 30 days`, () => {
      let calls = 0;
      const cancel = systemClock.after(30 * DAY_MS, () => calls++);
      time.advance(passedMs);
      cancel();
      time.advance(31 * DAY_MS);
      assert.equal(calls, 0);
    });

    it(`wakes a sleeper by an abort ${passedMs} ms into 30 days`, async () => {
      const stop = new AbortController();
      const sleep = systemClock.sleep(30 * DAY_MS, stop.signal);
      time.advance(passedMs);
      stop.abort(new Error('stopping'));
      await assert.rejects(sleep, /stopping/);
    });
  }

  it('lets sleep for 30 days', async () => {
    let isAwake = false;
    const sleep = systemClock.sleep(30 * DAY_MS).then(() => (isAwake = true));
    time.advance(30 * DAY_MS - 1);
    await Promise.resolve();
    assert.ok(!isAwake);
    time.advance(1);
    await sleep;
  });
});

describe('times as text', () => {
  const cases: [number, string][] = [
    [Date.UTC(2026, 0, 1, 2, 3, 4, 567), '2026-01-01T02:03:04Z'],
    [Date.UTC(9999, 11, 31, 23, 59, 59, 999), '9999-12-31T23:59:59Z'],
    [Date.UTC(10_000, 0), '9999-12-31T23:59:59Z'],
    [9e18, '9999-12-31T23:59:59Z'],
    [Number.POSITIVE_INFINITY, '9999-12-31T23:59:59Z'],
    [Date.UTC(-1, 0), '0000-01-01T00:00:00Z'],
    [-9e18, '0000-01-01T00:00:00Z'],
  ];
  for (const [at, expected] of cases) it(`are ${expected} for ${at}`, () => assert.equal(toRfc3339(at), expected));

  it('have microseconds for a MicroTime, within the same years', () => {
    assert.equal(toRfc3339Micro(Date.UTC(2026, 0, 1, 2, 3, 4, 567)), '2026-01-01T02:03:04.567000Z');
    assert.equal(toRfc3339Micro(9e18), '9999-12-31T23:59:59.999000Z');
  });
});
