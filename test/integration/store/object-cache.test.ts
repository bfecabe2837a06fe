import assert from 'node:assert/strict';
import { expired } from '../../../src/api/meta/errors.ts';
import type { KindDefinition } from '../../../src/api/registry.ts';
import type { KubeObject } from '../../../src/api/types.ts';
import { StoreObjectCache } from '../../../src/master/cache/object-cache.ts';
import type { Change } from '../../../src/master/resource-client.ts';
import { encodeStored, storageKey } from '../../../src/master/store/keys.ts';
import type { Store, WatchObserver } from '../../../src/master/store/store.ts';
import { inDirectory, openStore, silent } from './open-store.ts';
import { revisionOf } from './store-behaviour.ts';

const plain = { hasStatus: false, hasGeneration: false, columns: [], strategy: { validate: () => [] } };
const PODS: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  namespaced: true,
  ...plain,
};
const NODES: KindDefinition = { ...PODS, kind: 'Node', plural: 'nodes', singular: 'node', namespaced: false };

function aPod(namespace: string, name: string, labels: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels } };
}

const keyOf = (namespace: string, name: string) => storageKey(PODS, { namespace, name });
const summary = (change: Change) =>
  `${change.type} ${change.object.metadata.name}@${change.object.metadata.resourceVersion}`;

async function withCache(
  use: (store: Store, cache: StoreObjectCache, endWatches: () => void) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const store = await openStore(directory);
    const observers = new Set<WatchObserver>();
    // The real store, but its watches can be ended as those of a watcher that fell behind.
    const ending: Store = Object.assign(Object.create(store), {
      list: store.list.bind(store),
      watch: async (prefix: string, from: number, observer: WatchObserver) => {
        const stop = await store.watch(prefix, from, observer);
        const ended = (error: Error) => {
          stop();
          observer.ended(error);
        };
        const tied = { ...observer, ended };
        observers.add(tied);
        return stop;
      },
    });
    const cache = new StoreObjectCache(ending, [PODS, NODES], silent);
    const endWatches = () => {
      for (const observer of [...observers]) observer.ended(expired());
    };
    try {
      await use(store, cache, endWatches);
    } finally {
      cache.stop();
      await store.close();
    }
  });
}

describe('StoreObjectCache', () => {
  it('holds what was there, sees a write before its writer is answered, and lists by key', () =>
    withCache(async (store, cache) => {
      const a = revisionOf(await store.create(keyOf('x', 'a'), encodeStored(aPod('x', 'a'))));
      await cache.start();
      assert.equal(cache.get(PODS, { namespace: 'x', name: 'a' })?.metadata.resourceVersion, String(a));
      await store.create(keyOf('y', 'c'), encodeStored(aPod('y', 'c')));
      const b = revisionOf(await store.create(keyOf('x', 'b'), encodeStored(aPod('x', 'b'))));
      assert.deepEqual(
        cache.list(PODS).map(({ metadata }) => metadata.name),
        ['a', 'b', 'c'],
      );
      assert.deepEqual(
        cache.list(PODS, 'x').map(({ metadata }) => metadata.name),
        ['a', 'b'],
      );
      assert.deepEqual(cache.list(NODES), []);
      await store.delete(keyOf('x', 'b'), b);
      assert.equal(cache.get(PODS, { namespace: 'x', name: 'b' }), undefined);
    }));

  it('tells subscribers what is there and every change, with the object before', () =>
    withCache(async (store, cache) => {
      await cache.start();
      const a = revisionOf(await store.create(keyOf('x', 'a'), encodeStored(aPod('x', 'a'))));
      const told: Change[] = [];
      const end = cache.subscribe(PODS, (change) => told.push(change));
      const b = revisionOf(await store.update(keyOf('x', 'a'), encodeStored(aPod('x', 'a', { app: 'web' })), a));
      const c = revisionOf(await store.delete(keyOf('x', 'a'), b));
      end();
      await store.create(keyOf('x', 'a'), encodeStored(aPod('x', 'a')));
      assert.deepEqual(told.map(summary), [`added a@${a}`, `modified a@${b}`, `deleted a@${c}`]);
      const modified = told[1];
      assert.ok(modified?.type === 'modified');
      assert.equal(modified.previous.metadata.resourceVersion, String(a));
    }));

  it('lists again when its watch expired, and tells only the differences', () =>
    withCache(async (store, cache, endWatches) => {
      const [kept, changed, gone] = await Promise.all(
        ['kept', 'changed', 'gone'].map(async (name) =>
          revisionOf(await store.create(keyOf('x', name), encodeStored(aPod('x', name)))),
        ),
      );
      await cache.start();
      const told: Change[] = [];
      cache.subscribe(PODS, (change) => told.push(change));
      told.length = 0;
      // Asked for before the watch ends, answered after: the cache learns of all of it from its list.
      const writes = Promise.all([
        store.update(keyOf('x', 'changed'), encodeStored(aPod('x', 'changed', { v: '2' })), changed ?? 0),
        store.delete(keyOf('x', 'gone'), gone ?? 0),
        store.create(keyOf('x', 'new'), encodeStored(aPod('x', 'new'))),
      ]);
      endWatches();
      const revisions = (await writes).map(revisionOf);
      const signal = AbortSignal.timeout(5000);
      while (told.length < 3) {
        signal.throwIfAborted();
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(told.map(({ type, object }) => `${type} ${object.metadata.name}`).sort(), [
        'added new',
        'deleted gone',
        'modified changed',
      ]);
      assert.equal(cache.get(PODS, { namespace: 'x', name: 'kept' })?.metadata.resourceVersion, String(kept));
      const last = cache.get(PODS, { namespace: 'x', name: 'new' });
      assert.equal(last?.metadata.resourceVersion, String(revisions[2]));
    }));
});
