/**
 * The store's contract: keys with JSON values under one global revision. SQLite implements it embedded; etcd can.
 * Keys look like `pods/default/web-0` and `nodes/pi-1`; a prefix ends with `/`.
 */

/** A value and the revision of the write that made it. `value` is an object's JSON without metadata.resourceVersion. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

/** One change, in revision order; every watcher sees the same order. */
export interface StoreEvent {
  readonly type: 'created' | 'updated' | 'deleted';
  readonly key: string;
  readonly revision: number;
  /** After the change; for `deleted` the last value there was. */
  readonly value: string;
  /** Before the change; absent for `created`. */
  readonly previousValue?: string;
}

/** What a conditional write came to: done, or what stands there instead (`undefined`: nothing does). */
export type WriteResult =
  | { readonly done: true; readonly revision: number }
  | { readonly done: false; readonly current: KeyValue | undefined };

export interface ListOptions {
  /** At most so many items; all when absent. */
  readonly limit?: number;
  /** Only keys after this one (a continue token's key). */
  readonly after?: string;
  /** As of this revision, for the later pages of one list; the newest when absent. */
  readonly revision?: number;
}

export interface ListResult {
  readonly items: readonly KeyValue[];
  /** The revision that the whole list shows. */
  readonly revision: number;
  /** How many items follow behind the last one given. */
  readonly remaining: number;
}

export interface WatchObserver {
  event(event: StoreEvent): void;
  /** Everything up to this revision has been delivered (also where nothing matched the prefix): what a bookmark may say. */
  progress?(revision: number): void;
  /** The watch ended by itself: Expired when the watcher fell behind what is kept, ServiceUnavailable when the store closes. */
  ended(error: Error): void;
}

export interface WriteOptions {
  /**
   * The write is seen by all at once but not put to disk by itself: it goes along with the key's next durable write, and a
   * crash brings the older value back (a Node's heartbeat times). Keys under the memory prefixes are always so.
   */
  readonly volatile?: boolean;
}

/**
 * A write resolves when it is durable (after its fsync; concurrent writes share one). Reads show nothing that a power cut
 * could still take back. Errors are ApiErrors: Expired (revision compacted away), ServiceUnavailable (disk full or
 * failing: nothing was written, retryAfterSeconds says when to come again).
 */
export interface Store {
  /** The newest readable revision. */
  readonly revision: number;
  get(key: string): Promise<KeyValue | undefined>;
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  create(key: string, value: string, options?: WriteOptions): Promise<WriteResult>;
  update(key: string, value: string, expectedRevision: number, options?: WriteOptions): Promise<WriteResult>;
  delete(key: string, expectedRevision: number): Promise<WriteResult>;
  /**
   * Delivers every change of keys under `prefix` after `fromRevision`, then what comes, until the returned function is called.
   * @throws ApiError Expired when `fromRevision` lies before the compacted one.
   */
  watch(prefix: string, fromRevision: number, observer: WatchObserver): Promise<() => void>;
  /** Forgets history before `revision`: watches from there and lists at older ones answer Expired. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}
