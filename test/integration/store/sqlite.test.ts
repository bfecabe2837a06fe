import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/lib/clock.ts';
import type { SqliteStore } from '../../../src/master/store/sqlite.ts';
import { StoreOpenError } from '../../../src/master/store/store-errors.ts';
import { inDirectory, openStore } from './open-store.ts';
import { isReason, Recorder, revisionOf, storeBehaviour } from './store-behaviour.ts';

const why = (expected: string, text: RegExp) => (error: unknown) =>
  error instanceof StoreOpenError && error.why === expected && text.test(error.message);

describe('SqliteStore', () => {
  const directories: string[] = [];
  after(() => Promise.all(directories.map((path) => rm(path, { recursive: true, force: true }))));
  const fresh = async () => {
    const path = await mkdtemp(join(tmpdir(), 'bramble-store-'));
    directories.push(path);
    return path;
  };

  describe('with its usual limits', () => storeBehaviour(async () => openStore(await fresh())));
  // So small that every few writes drop history from memory, copy the log and start it anew, and reserve revisions.
  const tiny = { logBytes: 20_000, revisionBlock: 7, batch: 3 };
  describe('with tiny limits', () => storeBehaviour(async () => openStore(await fresh(), tiny)));
  // The memory has nothing of a durable key's history: all of it comes from the log on disk.
  describe('read from its log', () => {
    it('replays what the memory has dropped, then goes on without a gap', () =>
      inDirectory(async (directory) => {
        const store = await openStore(directory, { history: { events: 5, chars: 1e6 } });
        const from = store.revision;
        const made = await Promise.all(Array.from({ length: 700 }, (_, n) => store.create(`pods/x/${n}`, `${n}`)));
        const watch = new Recorder();
        const watching = store.watch('pods/', from, watch);
        const late = store.create('pods/x/late', 'late');
        await watching;
        const expected = [...made.map(revisionOf), revisionOf(await late)];
        await watch.until(() => watch.events.length >= expected.length);
        assert.deepEqual(
          watch.events.map(({ revision }) => revision),
          expected,
        );
        await store.close();
      }));

    it('answers Expired where memory keys or volatile writes were dropped', () =>
      inDirectory(async (directory) => {
        const store = await openStore(directory, { history: { events: 5, chars: 1e6 } });
        const from = store.revision;
        let revision = revisionOf(await store.create('nodes/a', '0'));
        for (let n = 1; n < 9; n++) {
          revision = revisionOf(await store.update('nodes/a', `${n}`, revision, { volatile: true }));
        }
        await assert.rejects(store.watch('nodes/', from, new Recorder()), isReason('Expired'));
        await assert.rejects(store.list('nodes/', { revision: from }), isReason('Expired'));
        await store.watch('pods/', from, new Recorder());
        await store.close();
      }));
  });

  describe('opened again', () => {
    it('goes on with the next revision and keeps values, history and volatile writes after a clean stop', () =>
      inDirectory(async (directory) => {
        const store = await openStore(directory);
        const a = revisionOf(await store.create('pods/x/a', '1'));
        const b = revisionOf(await store.update('pods/x/a', '2', a));
        const node = revisionOf(await store.create('nodes/n', '1'));
        await store.update('nodes/n', 'beat', node, { volatile: true });
        const lease = revisionOf(await store.create('leases/x/l', '1'));
        await store.close();
        const again = await openStore(directory);
        assert.ok(again.revision >= lease && again.revision < lease + 3, `${lease} -> ${again.revision}`);
        const watch = new Recorder();
        await again.watch('pods/', a, watch);
        assert.deepEqual(watch.events, [
          { type: 'updated', key: 'pods/x/a', revision: b, value: '2', previousValue: '1' },
        ]);
        const kept = await again.get('nodes/n');
        assert.equal(kept?.value, 'beat');
        revisionOf(await again.update('nodes/n', 'next', kept.revision));
        assert.equal(await again.get('leases/x/l'), undefined);
        await assert.rejects(again.watch('leases/', lease, new Recorder()), isReason('Expired'));
        await again.close();
      }));

    it('goes back to the durable value after a crash, with a revision that an update accepts, and makes watchers list again', () =>
      inDirectory(async (base) => {
        const store = await openStore(join(base, 'data'));
        const created = revisionOf(await store.create('nodes/n', 'durable'));
        const pod = revisionOf(await store.create('pods/x/a', '1'));
        const beat = revisionOf(await store.update('nodes/n', 'beat', created, { volatile: true }));
        // What a killed process leaves is what its files hold now.
        await cp(join(base, 'data'), join(base, 'crashed'), { recursive: true });
        const again = await openStore(join(base, 'crashed'));
        assert.ok(again.revision > beat);
        assert.deepEqual(await again.get('nodes/n'), { key: 'nodes/n', value: 'durable', revision: created });
        await assert.rejects(again.watch('nodes/', beat, new Recorder()), isReason('Expired'));
        await again.watch('pods/', pod, new Recorder());
        assert.ok(revisionOf(await again.update('nodes/n', 'next', created)) > again.revision - 1);
        await Promise.all([store.close(), again.close()]);
      }));

    it('refuses a second opener, and says so', () =>
      inDirectory(async (directory) => {
        const store = await openStore(directory);
        await store.create('pods/x/a', '1');
        await assert.rejects(openStore(directory), why('locked', /another Bramble master runs/));
        revisionOf(await store.create('pods/x/b', '1'));
        await store.close();
        await (await openStore(directory)).close();
      }));

    it('says what to do when the file is no database', () =>
      inDirectory(async (directory) => {
        await writeFile(join(directory, 'bramble.db'), 'this is not a database, whatever its name says '.repeat(100));
        await assert.rejects(openStore(directory), why('damaged', /bramble restore/));
      }));

    it('says what to do when pages of a database that was not stopped cleanly are damaged', () =>
      inDirectory(async (directory) => {
        const store = await openStore(directory, { logBytes: 1 });
        for (let n = 0; n < 300; n++) await store.create(`pods/x/${n}`, 'x'.repeat(300));
        const copy = join(directory, 'copy');
        await (await openStore(copy)).close();
        const bytes = await readFile(join(directory, 'bramble.db'));
        bytes.fill(0xff, 8192, 20_000);
        await writeFile(join(copy, 'bramble.db'), bytes);
        await assert.rejects(openStore(copy), why('damaged', /bramble restore/));
        await store.close();
      }));
  });

  describe('on disk', () => {
    it('writes nothing for memory keys and volatile updates', () =>
      inDirectory(async (directory) => {
        const store = await openStore(directory);
        let node = revisionOf(await store.create('nodes/a', '0'));
        node = revisionOf(await store.update('nodes/a', '1', node, { volatile: true }));
        const before = await sizes(directory);
        for (let n = 0; n < 200; n++) {
          await store.create(`events/x/${n}`, '{}');
          node = revisionOf(await store.update('nodes/a', `${n}`, node, { volatile: true }));
        }
        assert.deepEqual(await sizes(directory), before);
        await store.close();
      }));

    it('keeps its size when the same objects are written over and over, and its history is let go', () =>
      inDirectory(async (directory) => {
        const limits = { supersededRows: 100, logBytes: 50_000 };
        const store = await openStore(directory, limits);
        const revisions = new Map<string, number>();
        const round = async (n: number) => {
          for (let pod = 0; pod < 10; pod++) {
            const [key, known] = [`pods/x/${pod}`, revisions.get(`pods/x/${pod}`)];
            const value = `${n}`.padEnd(1500, 'x');
            const result = known ? store.update(key, value, known) : store.create(key, value);
            revisions.set(key, revisionOf(await result));
          }
        };
        for (let n = 0; n < 100; n++) await round(n);
        await assertCompacted(store);
        const after100 = (await stat(join(directory, 'bramble.db'))).size;
        for (let n = 0; n < 200; n++) await round(n);
        const after300 = (await stat(join(directory, 'bramble.db'))).size;
        assert.ok(after300 < after100 * 1.5, `${after100} bytes grew to ${after300}`);
        assert.equal((await store.list('pods/')).items.length, 10);
        await store.close();
      }));

    it('reads and writes on while a compaction and checkpoints run', () =>
      inDirectory(async (directory) => {
        const store = await openStore(directory, { logBytes: 30_000 });
        const writers = Array.from({ length: 8 }, async (_, w) => {
          let revision = revisionOf(await store.create(`pods/x/${w}`, '0'));
          for (let n = 1; n <= 150; n++) {
            revision = revisionOf(await store.update(`pods/x/${w}`, `${n}`.padEnd(500), revision));
            if (n % 20 === 0) await store.compact(store.revision);
          }
        });
        await Promise.all(writers);
        const list = await store.list('pods/');
        assert.deepEqual(
          list.items.map(({ value }) => value.trim()),
          Array.from({ length: 8 }, () => '150'),
        );
        for (const { key, revision } of list.items) revisionOf(await store.delete(key, revision));
        await store.compact(store.revision);
        await store.close();
        const again = await openStore(directory);
        assert.deepEqual((await again.list('')).items, []);
        await again.close();
      }));
  });
});

async function assertCompacted(store: SqliteStore): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  for (;;) {
    const isExpired = await store.list('pods/', { revision: 2 }).then(() => false, isReason('Expired'));
    if (isExpired) return;
    await systemClock.sleep(5, signal);
  }
}

async function sizes(directory: string): Promise<number[]> {
  return Promise.all(['bramble.db', 'bramble.db-wal'].map(async (name) => (await stat(join(directory, name))).size));
}
