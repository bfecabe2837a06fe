import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aNode } from '../../../test/lib/builders.ts';
import { eventually } from '../../../test/lib/eventually.ts';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import { createLogger } from '../../lib/logger.ts';
import { HOLD_FILE, HOLD_MS, renderHold } from './hold-file.ts';
import { RestoreHold } from './restore-hold.ts';

const RESTORED_AT = Date.parse('2026-11-26T12:00:00Z');
const MINUTE = 60_000;

describe('the wait after a restore', () => {
  let dataDir: string;
  let clock: ManualClock;
  let nodes: string[];
  let connected: Set<string>;
  let schedules: 'not yet' | 'yes' | 'no more';

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'bramble-hold-'));
    clock = new ManualClock(RESTORED_AT);
    nodes = ['pi-1', 'pi-2'];
    connected = new Set();
    schedules = 'not yet';
    writeFileSync(join(dataDir, HOLD_FILE), renderHold(RESTORED_AT));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  /** A master starts, and holds its scheduler. */
  async function started(): Promise<RestoreHold> {
    const hold = (await RestoreHold.read(dataDir, clock)).guard({
      cache: {
        list: <T extends KubeObject>(kind: KindDefinition<T>) =>
          kind.kind === 'Node' ? (nodes.map((name) => aNode(name)) as KubeObject[] as T[]) : [],
      },
      isConnected: (node) => connected.has(node),
      held: {
        name: 'scheduler',
        start: () => {
          schedules = 'yes';
        },
        stop: () => {
          schedules = 'no more';
        },
      },
      clock,
      log: createLogger('silent'),
    });
    await hold.start();
    return hold;
  }

  const isNoted = () => existsSync(join(dataDir, HOLD_FILE));

  it('is none for a master that was not restored', async () => {
    rmSync(join(dataDir, HOLD_FILE));
    assert.equal((await started()).awaitMs, 0);
    assert.equal(schedules, 'yes');
  });

  it('ends when every node of the backup is connected and others had 20 seconds', async () => {
    await started();
    connected = new Set(nodes);
    clock.advance(19_000);
    assert.equal(schedules, 'not yet');
    assert.ok(isNoted());
    clock.advance(1_000);
    assert.equal(schedules, 'yes');
    await eventually(() => Promise.resolve(assert.ok(!isNoted())));
  });

  it('lasts for a node that is missing, until it is connected or deleted', async () => {
    await started();
    connected.add('pi-1');
    clock.advance(5 * MINUTE);
    assert.equal(schedules, 'not yet');
    nodes = ['pi-1'];
    clock.advance(1_000);
    assert.equal(schedules, 'yes');
  });

  it('ends after 15 minutes with a node that never comes', async () => {
    assert.equal((await started()).awaitMs, HOLD_MS);
    clock.advance(15 * MINUTE - 1);
    assert.equal(schedules, 'not yet');
    clock.advance(1_000);
    assert.equal(schedules, 'yes');
  });

  it('goes on where it was when the master is started again', async () => {
    const hold = await started();
    clock.advance(10 * MINUTE);
    await hold.stop();
    clock.advance(MINUTE);
    assert.equal(schedules, 'not yet', 'what was never started is not stopped');
    assert.ok(isNoted());
    assert.equal((await started()).awaitMs, 4 * MINUTE);
    clock.advance(4 * MINUTE);
    assert.equal(schedules, 'yes');
  });

  it('is not shortened by a machine that learns the date while it waits, nor lengthened by one that goes back', async () => {
    await started();
    clock.jump(10 * 365 * 86_400_000);
    clock.advance(MINUTE);
    assert.equal(schedules, 'not yet');
    clock.jump(-30 * 365 * 86_400_000);
    clock.advance(14 * MINUTE);
    assert.equal(schedules, 'yes');
  });

  it('is 15 minutes at most, with a date of the restore that is still to come', async () => {
    writeFileSync(join(dataDir, HOLD_FILE), renderHold(RESTORED_AT + 365 * 86_400_000));
    assert.equal((await started()).awaitMs, HOLD_MS);
  });

  it('ends the scheduler with the master once it runs', async () => {
    const hold = await started();
    clock.advance(HOLD_MS);
    await hold.stop();
    assert.equal(schedules, 'no more');
  });
});
