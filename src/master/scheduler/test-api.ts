import { NODE } from '../../api/kinds/node.ts';
import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { POD } from '../../api/kinds/pod.ts';
import { STORAGE_CLASS } from '../../api/kinds/storage-class.ts';
import { conflict, notFound } from '../../api/meta/errors.ts';
import { type KindDefinition, keyOf, keyText, type ObjectKey } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Change, ObjectCache, ResourceClient } from '../resource-client.ts';

type AnyKind = KindDefinition<KubeObject>;

const KINDS = [NODE, POD, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS] as unknown as AnyKind[];

/** The API for tests of parts that write: objects in memory with optimistic locking; what is written is in the cache at once. */
export class TestApi {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Map<string, Set<(change: Change) => void>>();

  /** Makes or replaces an object, whatever its version. */
  put<T extends KubeObject>(object: T): T {
    const kind = KINDS.find((known) => known.kind === object.kind);
    assertKnown(kind, object);
    const key = keyText(keyOf(object));
    const previous = this.#all(kind).get(key);
    const resourceVersion = String(Number(previous?.metadata.resourceVersion ?? '0') + 1);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
    this.#all(kind).set(key, stored);
    const change: Change = previous
      ? { type: 'modified', object: stored, previous }
      : { type: 'added', object: stored };
    for (const listener of [...(this.#listeners.get(kind.kind) ?? [])]) listener(change);
    return stored;
  }

  readonly cache: ObjectCache = {
    get: <T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey) => this.#all(kind).get(keyText(key)) as T,
    list: <T extends KubeObject>(kind: KindDefinition<T>, namespace?: string) =>
      ([...this.#all(kind).values()] as T[]).filter(
        ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
      ),
    subscribe: <T extends KubeObject>(kind: KindDefinition<T>, onChange: (change: Change<T>) => void) => {
      const listeners = this.#listeners.get(kind.kind) ?? new Set();
      this.#listeners.set(kind.kind, listeners);
      const listener = onChange as (change: Change) => void;
      listeners.add(listener);
      for (const object of [...this.#all(kind).values()]) listener({ type: 'added', object });
      return () => void listeners.delete(listener);
    },
  };

  readonly client: ResourceClient = {
    get: async <T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey) => this.#stored(kind, key),
    list: async (kind, namespace) => [...this.cache.list(kind, namespace)],
    create: async (_, object) => this.put(object),
    update: async <T extends KubeObject>(kind: KindDefinition<T>, object: T) => {
      const { metadata } = this.#stored(kind, keyOf(object));
      const { resourceVersion } = object.metadata;
      if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
        throw conflict(kind, object.metadata.name);
      }
      return this.put(object);
    },
    delete: async () => undefined,
    bind: async (key, _, nodeName) => {
      const pod = this.#stored(POD, key);
      this.put({ ...pod, spec: { ...pod.spec, nodeName } });
    },
  };

  #stored<T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey): T {
    const stored = this.cache.get(kind, key);
    if (!stored) throw notFound(kind, key.name);
    return stored;
  }

  #all({ kind }: { readonly kind: string }): Map<string, KubeObject> {
    const known = this.#objects.get(kind);
    if (known) return known;
    const made = new Map<string, KubeObject>();
    this.#objects.set(kind, made);
    return made;
  }
}

function assertKnown(kind: AnyKind | undefined, { kind: name }: KubeObject): asserts kind is AnyKind {
  if (!kind) throw new Error(`no ${name} in tests of this kind`);
}
