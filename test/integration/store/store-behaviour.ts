import assert from 'node:assert/strict';
import { ApiError } from '../../../src/api/meta/errors.ts';
import type { Store, StoreEvent, WatchObserver, WriteResult } from '../../../src/master/store/store.ts';

/** Collects what a watch tells, and lets a test wait for it. */
export class Recorder implements WatchObserver {
  readonly events: StoreEvent[] = [];
  readonly errors: Error[] = [];
  seen = 0;
  #wake: (() => void)[] = [];

  event(event: StoreEvent): void {
    this.events.push(event);
    this.#changed();
  }

  progress(revision: number): void {
    this.seen = revision;
    this.#changed();
  }

  ended(error: Error): void {
    this.errors.push(error);
    this.#changed();
  }

  /** @throws after 5 s. */
  async until(isThere: () => boolean): Promise<void> {
    const end = AbortSignal.timeout(5000);
    while (!isThere()) {
      await new Promise<void>((resolve, reject) => {
        this.#wake.push(resolve);
        end.addEventListener('abort', () => reject(new Error('what was waited for did not come')), { once: true });
      });
    }
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** @throws when the write was refused. @returns its revision. */
export function revisionOf(result: WriteResult): number {
  assert.ok(result.done, 'the write was refused');
  return result.revision;
}

export function isReason(reason: string): (error: unknown) => boolean {
  return (error) => error instanceof ApiError && error.reason === reason;
}

/** What every engine of the store must do; `events/` and `leases/` are its memory prefixes. */
export function storeBehaviour(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  for (const segment of ['pods/', 'leases/']) {
    describe(`under ${segment}`, () => writeBehaviour(() => store, segment));
    describe(`watched under ${segment}`, () => watchBehaviour(() => store, segment));
  }
  describe('of all keys', () => orderBehaviour(() => store));
  describe('with volatile writes', () => volatileBehaviour(() => store));
}

function writeBehaviour(current: () => Store, segment: string): void {
  const key = (name: string) => `${segment}default/${name}`;

  it('creates, reads, updates and deletes with rising revisions', async () => {
    const store = current();
    const created = revisionOf(await store.create(key('a'), '1'));
    assert.deepEqual(await store.get(key('a')), { key: key('a'), value: '1', revision: created });
    const updated = revisionOf(await store.update(key('a'), '2', created));
    assert.ok(updated > created);
    const deleted = revisionOf(await store.delete(key('a'), updated));
    assert.ok(deleted > updated);
    assert.equal(await store.get(key('a')), undefined);
    assert.equal(store.revision, deleted);
    revisionOf(await store.create(key('a'), '3'));
  });

  it('refuses writes whose expectation does not hold and says what is there', async () => {
    const store = current();
    const revision = revisionOf(await store.create(key('a'), '1'));
    const there = { done: false, current: { key: key('a'), value: '1', revision } };
    assert.deepEqual(await store.create(key('a'), '2'), there);
    assert.deepEqual(await store.update(key('a'), '2', revision - 1), there);
    assert.deepEqual(await store.delete(key('a'), revision + 1), there);
    assert.deepEqual(await store.update(key('b'), '2', 1), { done: false, current: undefined });
  });

  it('lets one of many concurrent writers of a key win', async () => {
    const store = current();
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => store.create(key('a'), String(n))));
    assert.equal(results.filter(({ done }) => done).length, 1);
    assert.equal((await store.get(key('a')))?.value, '0');
  });

  it('lists by key, in pages, with what remains', async () => {
    const store = current();
    await Promise.all(['c', 'a', 'd', 'b'].map((name) => store.create(key(name), name)));
    await store.create(`${segment}other/x`, 'x');
    const first = await store.list(`${segment}default/`, { limit: 3 });
    assert.deepEqual(
      first.items.map(({ value }) => value),
      ['a', 'b', 'c'],
    );
    assert.equal(first.remaining, 1);
    const rest = await store.list(`${segment}default/`, { limit: 3, after: key('c') });
    assert.deepEqual([rest.items.map(({ value }) => value), rest.remaining], [['d'], 0]);
    assert.equal((await store.list(segment)).items.length, 5);
  });

  it('shows the later pages of a list as of its first', async () => {
    const store = current();
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => store.create(key(name), name)));
    const first = await store.list(segment, { limit: 1 });
    await store.update(key('b'), 'B', revisionOf(made[1] ?? { done: false, current: undefined }));
    await store.delete(key('c'), revisionOf(made[2] ?? { done: false, current: undefined }));
    await store.create(key('bb'), 'new');
    const options = { after: key('a'), revision: first.revision };
    const rest = await store.list(segment, options);
    assert.deepEqual(
      rest.items.map(({ value }) => value),
      ['b', 'c', 'd'],
    );
    assert.equal(rest.revision, first.revision);
    const page = await store.list(segment, { ...options, limit: 2 });
    assert.deepEqual([page.items.map(({ value }) => value), page.remaining], [['b', 'c'], 1]);
  });
}

function watchBehaviour(current: () => Store, segment: string): void {
  const key = (name: string) => `${segment}default/${name}`;

  it('tells changes with the values before and after', async () => {
    const store = current();
    const watch = new Recorder();
    const end = await store.watch(segment, store.revision, watch);
    const created = revisionOf(await store.create(key('a'), '1'));
    const updated = revisionOf(await store.update(key('a'), '2', created));
    const deleted = revisionOf(await store.delete(key('a'), updated));
    await watch.until(() => watch.seen >= deleted);
    assert.deepEqual(watch.events, [
      { type: 'created', key: key('a'), revision: created, value: '1' },
      { type: 'updated', key: key('a'), revision: updated, value: '2', previousValue: '1' },
      { type: 'deleted', key: key('a'), revision: deleted, value: '2', previousValue: '2' },
    ]);
    end();
    await store.create(key('b'), '1');
    assert.equal(watch.events.length, 3);
  });

  it('resumes after any revision, without a gap and without a repetition', async () => {
    const store = current();
    const from = store.revision;
    const revisions: number[] = [];
    for (let n = 0; n < 30; n++) revisions.push(revisionOf(await store.create(key(`k${n}`), String(n))));
    for (const resumeAt of [from, revisions[0] ?? 0, revisions[17] ?? 0]) {
      const watch = new Recorder();
      const writing = store.create(key(`late${resumeAt}`), 'late');
      const end = await store.watch(segment, resumeAt, watch);
      const last = revisionOf(await writing);
      await watch.until(() => watch.events.at(-1)?.revision === last);
      revisions.push(last);
      assert.deepEqual(
        watch.events.map(({ revision }) => revision),
        revisions.filter((revision) => revision > resumeAt),
      );
      end();
    }
  });

  it('answers Expired for what was compacted, and goes on from there', async () => {
    const store = current();
    const a = revisionOf(await store.create(key('a'), '1'));
    const b = revisionOf(await store.update(key('a'), '2', a));
    const c = revisionOf(await store.update(key('a'), '3', b));
    await store.compact(b);
    await assert.rejects(store.watch(segment, a, new Recorder()), isReason('Expired'));
    await assert.rejects(store.list(segment, { revision: a }), isReason('Expired'));
    const watch = new Recorder();
    await store.watch(segment, b, watch);
    await watch.until(() => watch.events.length > 0);
    assert.deepEqual(watch.events, [{ type: 'updated', key: key('a'), revision: c, value: '3', previousValue: '2' }]);
    assert.deepEqual((await store.list(segment, { revision: b })).items[0]?.value, '2');
  });

  it('ends an observer that throws and tells the others on', async () => {
    const store = current();
    const good = new Recorder();
    const errors: Error[] = [];
    const from = store.revision;
    await store.watch(segment, from, {
      event: () => {
        throw new Error('mine');
      },
      ended: (error) => errors.push(error),
    });
    await store.watch(segment, from, good);
    await store.create(key('a'), '1');
    await store.create(key('b'), '1');
    await good.until(() => good.events.length === 2);
    assert.deepEqual(
      errors.map(({ message }) => message),
      ['mine'],
    );
  });
}

function orderBehaviour(current: () => Store): void {
  it('tells every watcher one order across disk and memory keys, and progress where nothing matched', async () => {
    const store = current();
    const [all, again, elsewhere] = [new Recorder(), new Recorder(), new Recorder()];
    const from = store.revision;
    await store.watch('', from, all);
    await store.watch('nodes/', from, elsewhere);
    const keys = Array.from({ length: 200 }, (_, n) => `${['pods', 'events', 'leases', 'services'][n % 4]}/x/${n}`);
    const results = await Promise.all(keys.map((key) => store.create(key, '{}')));
    const last = Math.max(...results.map(revisionOf));
    await all.until(() => all.seen >= last);
    await store.watch('', from, again);
    await again.until(() => again.events.length === all.events.length);
    assert.deepEqual(again.events, all.events);
    assert.deepEqual(
      all.events.map(({ key }) => key),
      keys,
    );
    assert.ok(all.events.every(({ revision }, n) => n === 0 || revision > (all.events[n - 1]?.revision ?? 0)));
    await elsewhere.until(() => elsewhere.seen >= last);
    assert.equal(elsewhere.events.length, 0);
  });

  it('shows a write to reads and watchers no later than to its writer', async () => {
    const store = current();
    const watch = new Recorder();
    await store.watch('pods/', store.revision, watch);
    const revision = revisionOf(await store.create('pods/x/a', '1'));
    assert.equal(watch.events.at(-1)?.revision, revision);
    assert.equal(store.revision, revision);
    assert.equal((await store.list('pods/')).revision, revision);
  });

  it('ends watches and refuses everything once closed', async () => {
    const store = current();
    const watch = new Recorder();
    await store.watch('pods/', store.revision, watch);
    const last = store.create('pods/x/last', '1');
    await store.close();
    assert.ok((await last).done);
    assert.ok(isReason('ServiceUnavailable')(watch.errors[0]));
    await assert.rejects(store.get('pods/x/last'), isReason('ServiceUnavailable'));
    await assert.rejects(store.create('pods/x/b', '1'), isReason('ServiceUnavailable'));
  });
}

function volatileBehaviour(current: () => Store): void {
  it('shows a volatile update to all and bases the next write on it', async () => {
    const store = current();
    const watch = new Recorder();
    const created = revisionOf(await store.create('nodes/a', '1'));
    await store.watch('nodes/', created, watch);
    const beat = revisionOf(await store.update('nodes/a', '2', created, { volatile: true }));
    assert.deepEqual(await store.get('nodes/a'), { key: 'nodes/a', value: '2', revision: beat });
    assert.deepEqual((await store.list('nodes/')).items, [{ key: 'nodes/a', value: '2', revision: beat }]);
    assert.equal((await store.update('nodes/a', '3', created)).done, false);
    const updated = revisionOf(await store.update('nodes/a', '3', beat));
    assert.deepEqual(watch.events, [
      { type: 'updated', key: 'nodes/a', revision: beat, value: '2', previousValue: '1' },
      { type: 'updated', key: 'nodes/a', revision: updated, value: '3', previousValue: '2' },
    ]);
    const before = await store.list('nodes/', { revision: beat });
    assert.deepEqual(before.items, [{ key: 'nodes/a', value: '2', revision: beat }]);
    const first = await store.list('nodes/', { revision: created });
    assert.deepEqual(first.items, [{ key: 'nodes/a', value: '1', revision: created }]);
  });
}
