import { CONFIG_MAP } from '../../src/api/kinds/config-map.ts';
import { NODE } from '../../src/api/kinds/node.ts';
import type { KindDefinition } from '../../src/api/registry.ts';
import type { KubeObject, OwnerReference } from '../../src/api/types.ts';
import { planDeletion } from '../../src/master/apiserver/verbs/delete.ts';
import { isFinished } from '../../src/master/apiserver/verbs/update.ts';
import { OwnershipGraph } from '../../src/master/controllers/garbage-collector/graph.ts';
import { type Action, plan } from '../../src/master/controllers/garbage-collector/plan.ts';
import type { DeleteOptions } from '../../src/master/resource-client.ts';

export type Policy = NonNullable<DeleteOptions['propagationPolicy']>;

/** Some ConfigMaps and Nodes that own one another, with deletion by the API's own rules and the garbage collector's queue. */
export class OwnedWorld {
  readonly graph = new OwnershipGraph([CONFIG_MAP, NODE]);
  readonly objects = new Map<string, KubeObject>();
  readonly #woken = new Set<string>();

  /** Its name is its uid. */
  add(
    name: string,
    owners: readonly OwnerReference[] = [],
    options: { kind?: KindDefinition; namespace?: string } = {},
  ) {
    const kind = options.kind ?? CONFIG_MAP;
    const metadata = {
      name,
      uid: name,
      ...(kind.namespaced ? { namespace: options.namespace ?? 'default' } : {}),
      ...(owners.length > 0 ? { ownerReferences: [...owners] } : {}),
    };
    this.#put(name, { apiVersion: 'v1', kind: kind.kind, metadata });
    return this;
  }

  delete(uid: string, policy?: Policy): void {
    const object = this.objects.get(uid);
    if (!object) return;
    const planned = planDeletion(CONFIG_MAP, object, policy ? { propagationPolicy: policy } : {}, 0);
    if (planned.do === 'remove') this.#put(uid, undefined);
    if (planned.do === 'mark') this.#put(uid, planned.object);
  }

  /** Does all that plans say, waking only whom the graph wakes. @returns false when it comes to no end */
  settle(): boolean {
    for (let turns = 0; turns < 1000; turns++) {
      const [uid] = this.#woken;
      if (uid === undefined) return true;
      this.#woken.delete(uid);
      for (const action of plan(this.graph, uid)) this.#perform(action);
    }
    return false;
  }

  #perform(action: Action): void {
    const { uid = '' } = action.node.object.metadata;
    const object = this.objects.get(uid);
    if (!object) return;
    if (action.do === 'delete') this.delete(uid, action.policy);
    const next = structuredClone(object);
    if (action.do === 'setOwners') next.metadata.ownerReferences = [...action.owners];
    if (action.do === 'removeFinalizer') {
      next.metadata.finalizers = next.metadata.finalizers?.filter((finalizer) => finalizer !== action.finalizer);
    }
    if (action.do === 'setOwners' || action.do === 'removeFinalizer') {
      this.#put(uid, isFinished(next) ? undefined : next);
    }
  }

  #put(uid: string, object: KubeObject | undefined): void {
    const previous = this.objects.get(uid);
    const kind = (object ?? previous)?.kind === 'Node' ? NODE : CONFIG_MAP;
    const anyKind = kind as unknown as KindDefinition;
    if (object) this.objects.set(uid, object);
    else this.objects.delete(uid);
    for (const woken of this.graph.apply(anyKind, changeOf(object, previous))) this.#woken.add(woken);
  }
}

function changeOf(object: KubeObject | undefined, previous: KubeObject | undefined) {
  if (object && previous) return { type: 'modified', object, previous } as const;
  if (object) return { type: 'added', object } as const;
  if (previous) return { type: 'deleted', object: previous } as const;
  throw new Error('nothing changed');
}

/** A reference to a ConfigMap whose name is its uid. */
export function ownedBy(uid: string, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid, ...more };
}
