import assert from 'node:assert/strict';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { Heartbeats, heartbeatIntervalMs } from './heartbeats.ts';

const GRACE_MS = 10_000;

describe('the silence of nodes', () => {
  let clock: ManualClock;
  let heartbeats: Heartbeats;

  beforeEach(() => {
    clock = new ManualClock(1_000_000);
    heartbeats = new Heartbeats(clock, GRACE_MS);
  });

  /** Time passes while the master looks as often as it should. */
  function pass(ms: number): void {
    for (const end = clock.monotonic() + ms; clock.monotonic() < end; ) {
      clock.advance(Math.min(heartbeats.lookEveryMs, end - clock.monotonic()));
      heartbeats.look();
    }
  }

  it('is too long after the grace period, and over with the next word', () => {
    heartbeats.heard('pi-1');
    pass(9_999);
    assert.equal(heartbeats.isSilent('pi-1'), false);
    pass(1);
    assert.equal(heartbeats.isSilent('pi-1'), true);
    heartbeats.heard('pi-1');
    assert.equal(heartbeats.silentMs('pi-1'), 0);
  });

  it('lasts twice as long for a node that has not been here since the master started', () => {
    heartbeats.expect('pi-1');
    pass(19_999);
    assert.equal(heartbeats.isSilent('pi-1'), false);
    pass(1);
    assert.equal(heartbeats.isSilent('pi-1'), true);
  });

  it('is not called so, after a restore, before the time has passed that nodes are awaited', () => {
    heartbeats = new Heartbeats(clock, GRACE_MS, 900_000);
    heartbeats.expect('pi-1');
    heartbeats.heard('pi-2');
    pass(10_000);
    assert.equal(heartbeats.isSilent('pi-2'), true, 'it has spoken to this master, which waits for its next word only');
    pass(889_999);
    assert.equal(heartbeats.isSilent('pi-1'), false);
    pass(1);
    assert.equal(heartbeats.isSilent('pi-1'), true);
  });

  it('begins with a grace period of its own for a node that turns up when the awaiting is almost over', () => {
    heartbeats = new Heartbeats(clock, GRACE_MS, 900_000);
    pass(895_000);
    heartbeats.expect('pi-1');
    pass(19_999);
    assert.equal(heartbeats.isSilent('pi-1'), false);
    pass(1);
    assert.equal(heartbeats.isSilent('pi-1'), true);
  });

  it('is not what passed while the master itself was stopped', () => {
    heartbeats.heard('pi-1');
    pass(3_000);
    clock.advance(60_000);
    assert.equal(heartbeats.look(), 60_000);
    assert.equal(heartbeats.silentMs('pi-1'), 0);
    pass(9_999);
    assert.equal(heartbeats.isSilent('pi-1'), false);
    pass(1);
    assert.equal(heartbeats.isSilent('pi-1'), true);
  });

  it('is not told by the date, which somebody may set by years', () => {
    heartbeats.heard('pi-1');
    pass(2_000);
    clock.jump(10 * 365 * 86_400_000);
    assert.equal(heartbeats.silentMs('pi-1'), 2_000);
    clock.jump(-30 * 365 * 86_400_000);
    assert.equal(heartbeats.silentMs('pi-1'), 2_000);
  });

  it('lets two beats go missing before a node counts as not heard of', () => {
    assert.equal(heartbeatIntervalMs(GRACE_MS), 3_000);
    heartbeats.heard('pi-1');
    pass(5_999);
    assert.equal(heartbeats.isHeard('pi-1'), true);
    pass(1);
    assert.equal(heartbeats.isHeard('pi-1'), false);
  });
});
