import type { StatusCause } from './meta/errors.ts';
import type { KubeObject } from './types.ts';

/** One column of `kubectl get` (meta.k8s.io/v1 TableColumnDefinition) and how its cell is made. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'number' | 'date';
  readonly format?: 'name' | '';
  readonly description: string;
  /** 0 is shown always, 1 with `-o wide`. */
  readonly priority: 0 | 1;
  /** @param nowMs ages are rendered here, by the server. */
  cell(object: T, nowMs: number): string | number | boolean;
}

/** A subresource beside `status`, as discovery lists it: `pods/log`, `pods/exec`, `pods/binding`. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

/** Where a kind keeps how many it wants and has: what `/scale` (autoscaling/v1) shows and changes. */
export interface ScaleMapping<T extends KubeObject = KubeObject> {
  /** `.spec.replicas` */
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  /** The selector of the replicas as text, for autoscalers; '' for none. */
  selectorOf(object: T): string;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What a kind does with its objects on the way in. All of it is synchronous and pure but for changing `object` in place. */
export interface Strategy<T extends KubeObject = KubeObject> {
  /** Fills every field that the API documentation gives a default; idempotent. */
  setDefaults?(object: T): void;
  /** After defaults, before validation: what only the server sets (an initial status, `spec.finalizers`). */
  prepareForCreate?(object: T): void;
  /** Before validation of an update through the main resource; metadata and (where `status` is a subresource) status are already kept. */
  prepareForUpdate?(object: T, old: T): void;
  /** All that is wrong with a whole object; metadata is checked by the engine. */
  validate(object: T): StatusCause[];
  /** Beside `validate`: what only a new object must keep. */
  validateCreate?(object: T): StatusCause[];
  /** Beside `validate`: immutable fields, allowed transitions. */
  validateUpdate?(object: T, old: T): StatusCause[];
  /** Of an update through `/status`; the engine has put back all but status (and, as Kubernetes does, metadata). */
  validateStatusUpdate?(object: T, old: T): StatusCause[];
  /** How metadata.name must look; DNS-1123 subdomain when absent. @returns messages, empty when right. */
  validateName?(name: string): string[];
  /** One text per field that is accepted but not honoured yet: sent as `Warning` headers. */
  warnings?(object: T): string[];
  /**
   * Seconds that a deleted object stays, with deletionTimestamp, for a node to stop it; `undefined` deletes at once.
   * @param requested gracePeriodSeconds of the DeleteOptions.
   */
  gracePeriodSeconds?(object: T, requested: number | undefined): number | undefined;
  /** What becomes of dependents when a delete does not say; left out, they are deleted. `Unsupported`: nothing depends on it. */
  readonly defaultPropagation?: 'Orphan' | 'Unsupported';
  /** A `Warning` header on a delete that does not say what becomes of dependents. */
  readonly unsaidPropagationWarning?: string;
}

/** Everything the generic engine knows of one resource: adding a kind is adding one of these (src/api/kinds/all.ts lists them). */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  /** `''` for core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** All eight when absent. */
  readonly verbs?: readonly Verb[];
  /** `/status` exists: the main resource does not change status, and `/status` nothing else. */
  readonly hasStatus: boolean;
  /** metadata.generation starts at 1 and rises with every change of spec. */
  readonly hasGeneration: boolean;
  readonly subresources?: readonly Subresource[];
  /** `/scale` exists. */
  readonly scale?: ScaleMapping<T>;
  /**
   * Set where another version of the same objects is what is stored (events.k8s.io/v1 over core/v1 Events).
   * Both conversions take a copy and may change it.
   */
  readonly storedAs?: {
    readonly kind: KindDefinition;
    toStored(object: T): KubeObject;
    fromStored(object: KubeObject): T;
  };
  /** `memory` objects never touch the disk (Events, Leases); default `disk`. */
  readonly durability?: 'disk' | 'memory';
  /** Field selector names beside metadata.name and metadata.namespace, with their values in this object. */
  selectableFields?(object: T): Record<string, string>;
  /** Age, at the end of the normal ones, is one of these. */
  readonly columns: readonly Column<T>[];
  readonly strategy: Strategy<T>;
  /** A `Warning` header on every request for this kind (deprecated kinds). */
  readonly deprecationWarning?: string;
}

/** Names one object; namespace is `''` for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** `ns/name`, or `name`: for logs, maps and queues. */
export function keyText(key: ObjectKey): string {
  return key.namespace ? `${key.namespace}/${key.name}` : key.name;
}

export function keyOf(object: KubeObject): ObjectKey {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}
