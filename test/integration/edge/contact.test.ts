import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contact } from '../../../src/agent/uplink/contact.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { eventually } from '../../lib/eventually.ts';
import { ManualClock } from '../../lib/manual-clock.ts';

const BEAT_MS = 3_000;

describe('the contact with the master', () => {
  let dir = '';
  let clock = new ManualClock();
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bramble-contact-'));
    clock = new ManualClock();
  });
  // What was noted last may still be on its way into the folder.
  afterEach(() => rm(dir, { recursive: true, maxRetries: 10, retryDelay: 50 }));

  function contact(bootId = 'boot'): { line: Contact; told: number[] } {
    const boot = { bootId, uptimeMs: () => 1_000_000 + clock.now() };
    const line = new Contact({ path: join(dir, 'contact'), boot, clock, log: createLogger('silent') });
    line.expectEvery(BEAT_MS);
    const told: number[] = [];
    line.subscribe(() => told.push(line.silenceMs));
    return { line, told };
  }

  const noted = (atMs: number) =>
    eventually(async () => assert.equal(JSON.parse(await readFile(join(dir, 'contact'), 'utf8')).atMs, atMs));

  it('is endless silence before it is made, and none while heartbeats are answered', () => {
    const { line, told } = contact();
    assert.equal(line.silenceMs, Number.POSITIVE_INFINITY);
    line.made(line.now());
    for (let beats = 0; beats < 10; beats++) {
      clock.advance(BEAT_MS);
      line.seen(line.now());
      assert.equal(line.silenceMs, 0);
    }
    assert.deepEqual(told, [0]);
  });

  it('counts from when a heartbeat was sent, however long its answer took', () => {
    const { line } = contact();
    line.made(line.now());
    const sentAt = line.now();
    clock.advance(5_000);
    line.seen(sentAt);
    clock.advance(4_000);
    assert.equal(line.silenceMs, 9_000);
  });

  it('outlives one answer that is lost', () => {
    const { line, told } = contact();
    line.made(line.now());
    clock.advance(2 * BEAT_MS);
    assert.equal(line.silenceMs, 0);
    assert.deepEqual(told, [0]);
  });

  it('counts its silence from the last answer, before anybody notices that the line is dead', () => {
    const { line, told } = contact();
    line.made(line.now());
    clock.advance(8_000);
    assert.equal(line.silenceMs, 8_000);
    assert.equal(told.length, 2);
    line.lost();
    clock.advance(1_000);
    assert.equal(line.silenceMs, 9_000);
    line.seen(line.now());
    assert.equal(line.silenceMs, 9_000, 'an answer without a picture counts for nothing');
    line.made(line.now());
    assert.equal(line.silenceMs, 0);
  });

  it('is told of as lost though it breaks in the very moment of an answer', () => {
    const { line, told } = contact();
    line.made(line.now());
    line.lost();
    assert.deepEqual(told, [0, 1]);
  });

  it('is remembered by an agent that is started anew, and not over a boot', async () => {
    const { line } = contact();
    line.made(line.now());
    await noted(1_000_000);
    clock.advance(20_000);
    assert.equal(contact().line.silenceMs, 20_000);
    assert.equal(contact('another boot').line.silenceMs, Number.POSITIVE_INFINITY);
  });
});
