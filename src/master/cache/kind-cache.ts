import { ApiError } from '../../api/meta/errors.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Change } from '../resource-client.ts';
import { decodeStored } from '../store/keys.ts';
import type { KeyValue, Store, StoreEvent } from '../store/store.ts';
import { SortedKeys } from './sorted-keys.ts';

export interface KindCacheParts {
  readonly store: Store;
  readonly log: Logger;
  readonly clock: Clock;
}

type Listener = (change: Change) => void;

const RETRY_MS = 1000;

/** The decoded objects under one prefix of the store. */
export class KindCache {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<Listener>();
  readonly #keys = new SortedKeys();
  #endWatch: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  #isStopped = false;

  constructor(prefix: string, { store, log, clock }: KindCacheParts) {
    this.#prefix = prefix;
    this.#store = store;
    this.#log = log;
    this.#clock = clock;
  }

  /** Lists, tells the differences to what is cached, and watches from there. @throws ApiError */
  async start(): Promise<void> {
    const { items, revision } = await this.#store.list(this.#prefix);
    if (this.#isStopped) return;
    this.#adopt(items);
    const endWatch = await this.#store.watch(this.#prefix, revision, {
      event: (event) => this.#apply(event),
      ended: (error) => this.#again(error),
    });
    if (this.#isStopped) endWatch();
    else this.#endWatch = endWatch;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRetry?.();
    this.#endWatch?.();
  }

  get(storageKey: string): KubeObject | undefined {
    return this.#objects.get(storageKey);
  }

  /** @param prefix the kind's own, or that of one of its namespaces. */
  list(prefix: string): readonly KubeObject[] {
    return this.#keys.withPrefix(prefix).flatMap((key) => this.#objects.get(key) ?? []);
  }

  subscribe(listener: Listener): () => void {
    const own: Listener = (change) => listener(change); // the same function may subscribe twice
    for (const object of this.#objects.values()) this.#tell(own, { type: 'added', object });
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  #adopt(items: readonly KeyValue[]): void {
    const listed = new Set(items.map(({ key }) => key));
    for (const key of [...this.#objects.keys()]) if (!listed.has(key)) this.#remove(key);
    for (const item of items) {
      if (this.#objects.get(item.key)?.metadata.resourceVersion !== String(item.revision)) this.#put(item);
    }
  }

  #apply(event: StoreEvent): void {
    if (event.type === 'deleted') this.#remove(event.key, event.revision);
    else this.#put(event);
  }

  #put(kv: KeyValue): void {
    const previous = this.#objects.get(kv.key);
    const object = decodeStored(kv);
    this.#objects.set(kv.key, object);
    if (!previous) this.#keys.add(kv.key);
    this.#tellAll(previous ? { type: 'modified', object, previous } : { type: 'added', object });
  }

  /** @param revision of the deletion, which a watch event's object carries; that of the last write when it is not known. */
  #remove(key: string, revision?: number): void {
    const last = this.#objects.get(key);
    if (!last) return;
    this.#objects.delete(key);
    this.#keys.remove(key);
    const resourceVersion = revision === undefined ? last.metadata.resourceVersion : String(revision);
    const object = { ...last, metadata: { ...last.metadata, ...(resourceVersion ? { resourceVersion } : {}) } };
    this.#tellAll({ type: 'deleted', object });
  }

  /** The watch ended by itself: history was forgotten (lists again at once), or the store failed (a little later). */
  #again(error: Error): void {
    if (this.#isStopped) return;
    const isExpired = error instanceof ApiError && error.reason === 'Expired';
    if (isExpired) this.#log.info({ prefix: this.#prefix }, 'object cache lists again');
    else this.#log.warn({ prefix: this.#prefix, err: error }, 'object cache lost its watch; it will list again');
    const relist = () => void this.start().catch((err: Error) => this.#again(err));
    if (isExpired) relist();
    else this.#cancelRetry = this.#clock.after(RETRY_MS, relist);
  }

  #tellAll(change: Change): void {
    for (const listener of this.#listeners) this.#tell(listener, change);
  }

  /** One listener's mistake must not end the watch that all live on. */
  #tell(listener: Listener, change: Change): void {
    try {
      listener(change);
    } catch (err) {
      this.#log.error({ prefix: this.#prefix, err }, 'a listener of the object cache failed');
    }
  }
}
