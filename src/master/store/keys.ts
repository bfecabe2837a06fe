import type { KindDefinition, ObjectKey } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import type { KeyValue } from './store.ts';

/** Grouped kinds whose prefix stays short, because the store keeps them in memory under these names. */
const UNQUALIFIED = new Set(['leases', 'events']);

function storageName(kind: KindDefinition): string {
  const { group, plural } = kind.storedAs?.kind ?? kind;
  return group && !UNQUALIFIED.has(plural) ? `${plural}.${group}` : plural;
}

/** Where an object lies: `pods/default/web-0`, `nodes/pi-1`, `deployments.apps/default/web`. */
export function storageKey(kind: KindDefinition, key: ObjectKey): string {
  return `${storagePrefix(kind, key.namespace)}${key.name}`;
}

/** What all keys of a kind begin with, or those of one namespace: `pods/`, `pods/default/`; `namespace` is ignored for cluster-scoped kinds. */
export function storagePrefix(kind: KindDefinition, namespace?: string): string {
  const prefix = `${storageName(kind)}/`;
  return kind.namespaced && namespace ? `${prefix}${namespace}/` : prefix;
}

/** The object as stored, with metadata.resourceVersion of the write that made it. */
export function decodeStored(kv: KeyValue): KubeObject {
  const object = JSON.parse(kv.value) as KubeObject;
  object.metadata.resourceVersion = String(kv.revision);
  return object;
}

/** An object's JSON for the store; metadata.resourceVersion is left out because the revision says it. */
export function encodeStored(object: KubeObject): string {
  return JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } });
}
