import assert from 'node:assert/strict';
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApiError } from '../../../src/api/meta/errors.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { WriteResult } from '../../../src/master/store/store.ts';
import { skip } from '../../lib/skip.ts';
import { buildShim } from './io-shim.ts';
import { inDirectory, openStore } from './open-store.ts';
import { revisionOf } from './store-behaviour.ts';
import type { StoreAnswer, StoreCall } from './store-child.ts';

const run = promisify(execFile);

type Ask<T> = T extends StoreCall ? Omit<T, 'id'> : never;

/** A store in a process of its own whose syncs can be made to wait or to fail. */
class RemoteStore {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: StoreAnswer) => void>();
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: StoreAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  ask(call: Ask<StoreCall>): Promise<StoreAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...call, id });
    });
  }

  /** Safe to call twice. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

/** @returns whether there was a compiler to build the shim with. */
async function withRemoteStore(
  use: (store: RemoteStore, paths: { data: string; block: string; fail: string }) => Promise<void>,
  logBytes = 1_000_000,
): Promise<boolean> {
  let isThere = false;
  await inDirectory(async (base) => {
    const library = await buildShim(base);
    if (!library) return;
    isThere = true;
    const paths = { data: join(base, 'data'), block: join(base, 'block'), fail: join(base, 'fail') };
    const env = { LD_PRELOAD: library, SHIM_DIR: paths.data, SHIM_BLOCK: paths.block, SHIM_FAIL: paths.fail };
    const child = fork(join(import.meta.dirname, 'store-child.ts'), [paths.data, `${logBytes}`], {
      env: { ...process.env, ...env },
    });
    await once(child, 'message');
    const store = new RemoteStore(child);
    try {
      await use(store, paths);
    } finally {
      await store.kill();
    }
  });
  return isThere;
}

const pod = (name: string) => ({ do: 'create', key: `pods/x/${name}`, value: name }) as const;

describe('SqliteStore on a disk that does not answer', () => {
  it('serves reads meanwhile, shows nothing that is not durable, and refuses new writes instead of queueing them', async function () {
    const isTried = await withRemoteStore(async (store, { block }) => {
      assert.equal((await store.ask(pod('before'))).value, 'done');
      await writeFile(block, '');
      let isAnswered = false;
      const stuck = store.ask(pod('stuck')).finally(() => {
        isAnswered = true;
      });
      // Each answer proves a turn of the event loop of a process whose sync hangs.
      for (let n = 0; n < 100; n++) {
        assert.equal((await store.ask({ do: 'get', key: 'pods/x/before' })).value, 'before');
        assert.deepEqual((await store.ask({ do: 'get', key: 'pods/x/stuck' })).value, undefined);
      }
      const refused = async () => {
        const answer = await Promise.race([store.ask(pod('late')), systemClock.sleep(20).then(() => undefined)]);
        return answer?.failure === 'ServiceUnavailable';
      };
      const signal = AbortSignal.timeout(5000);
      while (!(await refused())) signal.throwIfAborted();
      assert.equal(isAnswered, false);
      await rm(block);
      assert.equal((await stuck).value, 'done');
      assert.equal((await store.ask({ do: 'get', key: 'pods/x/stuck' })).value, 'stuck');
    });
    if (!isTried) skip(this, 'no compiler here: apt-get install gcc libc6-dev');
  });
});

describe('SqliteStore on a disk whose syncs fail', () => {
  it('takes back what it could not sync, and writes again when the disk does', async function () {
    const isTried = await withRemoteStore(async (store, { data, fail }) => {
      for (let n = 0; n < 20; n++) assert.equal((await store.ask(pod(`a${n}`))).value, 'done');
      for (let round = 0; round < 3; round++) {
        await writeFile(fail, '');
        for (let n = 0; n < 3; n++) assert.equal((await store.ask(pod(`lost${n}`))).failure, 'ServiceUnavailable');
        assert.equal((await store.ask({ do: 'get', key: 'pods/x/lost0' })).value, undefined);
        assert.equal((await store.ask({ do: 'get', key: 'pods/x/a0' })).value, 'a0');
        await rm(fail);
        assert.equal((await store.ask(pod(`b${round}`))).value, 'done');
        assert.equal((await store.ask({ do: 'get', key: 'pods/x/lost0' })).value, undefined);
      }
      await store.kill();
      const again = await openStore(data);
      const names = (await again.list('pods/')).items.map(({ value }) => value).sort();
      const expected = [...Array.from({ length: 20 }, (_, n) => `a${n}`), 'b0', 'b1', 'b2'].sort();
      assert.deepEqual(names, expected);
      await again.close();
    });
    if (!isTried) skip(this, 'no compiler here: apt-get install gcc libc6-dev');
  });
});

describe('SqliteStore on a disk that fails while the log is copied', () => {
  it('loses nothing and keeps writing', async function () {
    const isTried = await withRemoteStore(async (store, { data, fail }) => {
      await writeFile(fail, 'd');
      const names = Array.from({ length: 60 }, (_, n) => `a${n}`);
      for (const name of names) assert.equal((await store.ask(pod(name))).value, 'done');
      for (const name of names) assert.equal((await store.ask({ do: 'get', key: `pods/x/${name}` })).value, name);
      await store.kill();
      const again = await openStore(data);
      assert.deepEqual(
        (await again.list('pods/')).items.map(({ value }) => value),
        [...names].sort(),
      );
      await again.close();
    }, 1);
    if (!isTried) skip(this, 'no compiler here: apt-get install gcc libc6-dev');
  });
});

/** What of a write came of it on a full disk. @throws whatever is not "come again" */
async function outcome(write: Promise<WriteResult>): Promise<'done' | 'full'> {
  try {
    revisionOf(await write);
    return 'done';
  } catch (error) {
    assert.ok(error instanceof ApiError && error.reason === 'ServiceUnavailable', String(error));
    assert.match(error.message, /disk of the master is full/);
    assert.ok((error.details.retryAfterSeconds ?? 0) > 0);
    return 'full';
  }
}

describe('SqliteStore on a full disk', () => {
  it('refuses writes, keeps heartbeats and reads going, and writes again when there is room', async function () {
    if (process.getuid?.() !== 0) skip(this, 'mounting a small file system takes root');
    await inDirectory(async (base) => {
      const disk = join(base, 'disk');
      await mkdir(disk);
      await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
      try {
        await fillAndRecover(disk);
      } finally {
        await run('umount', [disk]);
      }
    });
  });
});

async function fillAndRecover(disk: string): Promise<void> {
  const filler = join(disk, 'filler');
  await writeFile(filler, Buffer.alloc(1024 * 1024));
  const limits = { logBytes: 300_000 };
  const store = await openStore(join(disk, 'data'), limits);
  const kept = new Set<string>();
  let node = revisionOf(await store.create('nodes/a', '0'));
  let refusals = 0;
  for (let n = 0; refusals < 30; n++) {
    const batch = Array.from({ length: 4 }, (_, at) => `pods/x/${n}-${at}`);
    const results = await Promise.all(batch.map((key) => outcome(store.create(key, key.padEnd(4000)))));
    refusals += results.filter((result) => result === 'full').length;
    results.forEach((result, at) => {
      if (result === 'done') kept.add(batch[at] ?? '');
    });
    node = revisionOf(await store.update('nodes/a', `${n}`, node, { volatile: true }));
    const [beat, pod] = await Promise.all([
      outcome(store.create(`leases/x/${n}`, '{}')),
      outcome(store.create(`pods/x/${n}-with-lease`, 'y'.repeat(4000))),
    ]);
    assert.equal(beat, 'done');
    if (pod === 'done') kept.add(`pods/x/${n}-with-lease`);
  }
  const keysOf = async (from: { list: typeof store.list }) =>
    new Set((await from.list('pods/')).items.map(({ key }) => key));
  assert.deepEqual(await keysOf(store), kept);
  await rm(filler);
  for (let n = 0; n < 50; n++) {
    assert.equal(await outcome(store.create(`pods/x/after-${n}`, 'z'.repeat(4000))), 'done');
    kept.add(`pods/x/after-${n}`);
  }
  assert.deepEqual(await keysOf(store), kept);
  await store.close();
  const again = await openStore(join(disk, 'data'), limits);
  assert.deepEqual(await keysOf(again), kept);
  await again.close();
}
