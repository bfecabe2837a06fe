import { ApiError } from '../../api/meta/errors.ts';
import type { KindDefinition, ObjectKey } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Change, ObjectCache } from '../resource-client.ts';
import { storageKey, storagePrefix } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { KindCache } from './kind-cache.ts';

/**
 * Every object of some kinds, decoded once and kept current by one watch a kind. A write is seen here before its writer
 * gets the answer, because the store tells watchers first.
 */
export class StoreObjectCache implements ObjectCache, Part {
  readonly name = 'object-cache';
  /** By the storage prefix; kinds that are stored as one share a cache. */
  readonly #caches = new Map<string, KindCache>();

  constructor(store: Store, kinds: readonly KindDefinition[], log: Logger, clock: Clock = systemClock) {
    for (const kind of kinds) {
      const prefix = storagePrefix(kind);
      if (!this.#caches.has(prefix)) this.#caches.set(prefix, new KindCache(prefix, { store, log, clock }));
    }
  }

  /** Lists and watches every kind. @throws ApiError ServiceUnavailable when the store cannot be read. */
  async start(): Promise<void> {
    await Promise.all([...this.#caches.values()].map((cache) => cache.start()));
  }

  stop(): void {
    for (const cache of this.#caches.values()) cache.stop();
  }

  get<T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey): T | undefined {
    const object = this.#cacheOf(kind).get(storageKey(asAnyKind(kind), key));
    return object && fromStored(kind, object);
  }

  list<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[] {
    const objects = this.#cacheOf(kind).list(storagePrefix(asAnyKind(kind), namespace));
    return kind.storedAs ? objects.map((object) => fromStored(kind, object)) : (objects as readonly T[]);
  }

  subscribe<T extends KubeObject>(kind: KindDefinition<T>, onChange: (change: Change<T>) => void): () => void {
    return this.#cacheOf(kind).subscribe((change) => onChange(changeFromStored(kind, change)));
  }

  /** @throws ApiError InternalError for a kind that the cache was not made with. */
  #cacheOf<T extends KubeObject>(kind: KindDefinition<T>): KindCache {
    const cache = this.#caches.get(storagePrefix(asAnyKind(kind)));
    if (!cache) throw new ApiError('InternalError', `the object cache does not watch ${kind.plural}`);
    return cache;
  }
}

/** What of a kind says where it is stored does not depend on its objects' type. */
function asAnyKind<T extends KubeObject>(kind: KindDefinition<T>): KindDefinition {
  return kind as unknown as KindDefinition;
}

/** The store holds under a kind's prefix only what was validated as that kind (or the one it is stored as). */
function fromStored<T extends KubeObject>(kind: KindDefinition<T>, object: KubeObject): T {
  return kind.storedAs ? kind.storedAs.fromStored(structuredClone(object)) : (object as T);
}

function changeFromStored<T extends KubeObject>(kind: KindDefinition<T>, change: Change): Change<T> {
  const object = fromStored(kind, change.object);
  if (change.type === 'modified') return { type: 'modified', object, previous: fromStored(kind, change.previous) };
  return { type: change.type, object };
}
