import { isDeepStrictEqual } from 'node:util';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject, OwnerReference } from '../../../api/types.ts';
import type { Change } from '../../resource-client.ts';

/** An object that owns others or is owned; objects are the cache's own, never changed. */
export interface GraphNode {
  readonly kind: KindDefinition;
  readonly object: KubeObject;
}

/** Who owns whom, by uid: the watch cache seen from its ownerReferences. */
export class OwnershipGraph {
  readonly #kinds: ReadonlyMap<string, KindDefinition>;
  readonly #nodes = new Map<string, GraphNode>();
  /** Also of owners that are not there. */
  readonly #dependents = new Map<string, Set<string>>();

  /** @param kinds whose objects it is told of; a reference to any other kind is one that it cannot judge. */
  constructor(kinds: readonly KindDefinition[]) {
    this.#kinds = new Map(kinds.map((kind) => [kindKey(apiVersionOf(kind), kind.kind), kind]));
  }

  node(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** All that name this uid among their owners. */
  dependentsOf(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#nodes.get(dependent) ?? []);
  }

  /** The uids of its owners, their owners, and so on; its own among them when they go round in a circle. */
  ancestorsOf(uid: string): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [uid];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const owner of ownersOf(this.#nodes.get(next)?.object)) {
        if (!found.has(owner.uid)) open.push(owner.uid);
        found.add(owner.uid);
      }
    }
    return found;
  }

  kindOf({ apiVersion, kind }: OwnerReference): KindDefinition | undefined {
    return this.#kinds.get(kindKey(apiVersion, kind));
  }

  /** Takes over one change. @returns the uids of all for which the plan may be another one now */
  apply(kind: KindDefinition, change: Change): readonly string[] {
    const { object } = change;
    const previous = change.type === 'modified' ? uidOf(change.previous) : undefined;
    // A list after a lost watch shows a namesake in its predecessor's place.
    const gone = previous === undefined || previous === uidOf(object) ? [] : this.#put(previous, undefined);
    return [...gone, ...this.#put(uidOf(object), change.type === 'deleted' ? undefined : { kind, object })];
  }

  #put(uid: string, node: GraphNode | undefined): readonly string[] {
    const old = this.#nodes.get(uid)?.object;
    if (node) this.#nodes.set(uid, node);
    else this.#nodes.delete(uid);
    if (isDeepStrictEqual(standing(old), standing(node?.object))) return [];
    for (const owner of ownersOf(old)) this.#unlink(owner.uid, uid);
    for (const owner of ownersOf(node?.object)) this.#link(owner.uid, uid);
    // Owners that wait for their dependents; dependents whose owner goes.
    const owners = [...ownersOf(old), ...ownersOf(node?.object)].map((owner) => owner.uid);
    const waiting = owners.filter((owner) => this.#nodes.get(owner)?.object.metadata.deletionTimestamp);
    return [uid, ...waiting, ...(this.#dependents.get(uid) ?? [])];
  }

  #link(owner: string, dependent: string): void {
    this.#dependents.set(owner, (this.#dependents.get(owner) ?? new Set()).add(dependent));
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner);
    dependents?.delete(dependent);
    if (dependents?.size === 0) this.#dependents.delete(owner);
  }
}

/** All of an object that plans look at. */
function standing(object: KubeObject | undefined): readonly unknown[] | undefined {
  if (!object) return undefined;
  const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
  return [Boolean(deletionTimestamp), finalizers, ownerReferences];
}

export function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? [];
}

export function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? '';
}

function apiVersionOf({ group, version }: KindDefinition): string {
  return group ? `${group}/${version}` : version;
}

function kindKey(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}
