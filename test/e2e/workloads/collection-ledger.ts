import assert from 'node:assert/strict';
import { ApiConnection, type WatchEvent } from '../../../scripts/lib/api-connection.ts';
import type { KubeObject } from '../../../src/api/types.ts';
import type { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';

interface ObjectList<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

interface LedgerOptions {
  readonly cluster: TestCluster;
  /** Of a collection that is empty as yet. */
  readonly path: string;
  readonly onEvent: () => void;
}

/** All that ever happened in a collection, whatever becomes of the masters that tell it: none may skip, repeat or take back a thing. */
export class CollectionLedger<T extends KubeObject> {
  readonly #cluster: TestCluster;
  readonly #path: string;
  readonly #onEvent: () => void;
  readonly #events: WatchEvent<T>[] = [];
  #revision: string;
  #unwatch = () => {};

  private constructor({ cluster, path, onEvent }: LedgerOptions, revision: string) {
    this.#cluster = cluster;
    this.#path = path;
    this.#onEvent = onEvent;
    this.#revision = revision;
  }

  static async open<T extends KubeObject>(options: LedgerOptions): Promise<CollectionLedger<T>> {
    const { metadata, items } = await options.cluster.api.get<ObjectList<T>>(options.path);
    assert.deepEqual(items, []);
    const ledger = new CollectionLedger<T>(options, metadata.resourceVersion);
    await ledger.follow();
    return ledger;
  }

  /** Goes on where the last watch ended. To be called for each new master. */
  async follow(): Promise<void> {
    this.close();
    const connection = new ApiConnection(this.#cluster.kubeconfig);
    const query = `?watch=true&resourceVersion=${this.#revision}`;
    let isCurrent = true;
    const end = await connection.watch<T>(`${this.#path}${query}`, (event) => {
      if (!isCurrent) return;
      this.#events.push(event);
      this.#onEvent();
      if (event.object.metadata?.resourceVersion) this.#revision = event.object.metadata.resourceVersion;
    });
    this.#unwatch = () => {
      isCurrent = false;
      end();
      connection.close();
    };
  }

  close(): void {
    this.#unwatch();
    this.#unwatch = () => {};
  }

  /** Everything that was ever there, as it was created. */
  get created(): readonly T[] {
    return this.#events.filter(({ type }) => type === 'ADDED').map(({ object }) => object);
  }

  /** Tells again all that was there at each moment, beside what happened at it. @throws AssertionError for a history that cannot be */
  replay(look: (live: readonly T[], event: WatchEvent<T>) => void = () => {}): readonly T[] {
    const live = new Map<string, T>();
    let last = 0;
    for (const event of this.#events) {
      const { uid = '', name, resourceVersion } = event.object.metadata ?? {};
      const what = `${event.type} ${name} at ${resourceVersion}, after ${last}`;
      assert.ok(Number(resourceVersion) > last, `the past is told again: ${what}`);
      assert.equal(live.has(uid), event.type !== 'ADDED', `something was not told: ${what}`);
      last = Number(resourceVersion);
      if (event.type === 'DELETED') live.delete(uid);
      else live.set(uid, event.object);
      look([...live.values()], event);
    }
    return [...live.values()];
  }

  /** Waits until what was told is what a list shows. */
  async isComplete(): Promise<void> {
    const stamps = (objects: readonly T[]) =>
      objects.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).sort();
    await eventually(async () => {
      const { items } = await this.#cluster.api.get<ObjectList<T>>(this.#path);
      assert.deepEqual(stamps(this.replay()), stamps(items));
    });
  }
}
