import { notFound } from '../../../api/meta/errors.ts';
import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { decodeStored, encodeStored, storageKey } from '../../store/keys.ts';
import type { KeyValue, Store } from '../../store/store.ts';

/** An object as this kind shows it, and the revision that a conditional write names. */
export interface Current {
  readonly object: KubeObject;
  readonly revision: number;
}

/** Decodes a stored value into this kind's version of it; metadata.resourceVersion is set. */
export function objectFrom(kind: KindDefinition, kv: KeyValue): KubeObject {
  const stored = decodeStored(kv);
  return kind.storedAs ? kind.storedAs.fromStored(stored) : stored;
}

/** Encodes for the store, in the stored version. Never changes `object`. */
export function encodeFor(kind: KindDefinition, object: KubeObject): string {
  return encodeStored(kind.storedAs ? kind.storedAs.toStored(structuredClone(object)) : object);
}

export async function readCurrent(store: Store, kind: KindDefinition, key: ObjectKey): Promise<Current | undefined> {
  const kv = await store.get(storageKey(kind, key));
  return kv && currentFrom(kind, kv);
}

export function currentFrom(kind: KindDefinition, kv: KeyValue): Current {
  return { object: objectFrom(kind, kv), revision: kv.revision };
}

/** @throws ApiError NotFound in this kind's words. */
export async function requireCurrent(store: Store, kind: KindDefinition, key: ObjectKey): Promise<Current> {
  const current = await readCurrent(store, kind, key);
  if (!current) throw notFound(kind, key.name);
  return current;
}

/** The object with the resourceVersion that a write gave it. */
export function withRevision(object: KubeObject, revision: number): KubeObject {
  object.metadata.resourceVersion = String(revision);
  return object;
}
