import { NAMESPACE } from '../../api/kinds/namespace.ts';
import { POD } from '../../api/kinds/pod.ts';
import { type KindDefinition, keyOf } from '../../api/registry.ts';
import type { KubeObject, Namespace } from '../../api/types.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { ignoring } from './ignore-errors.ts';
import { namespaceOf } from './service-account.ts';

export type Action =
  | { readonly do: 'delete'; readonly kind: KindDefinition; readonly object: KubeObject }
  | { readonly do: 'removeFinalizer' };

/** All of one kind that is left in a namespace. */
export interface Remaining {
  readonly kind: KindDefinition;
  readonly objects: readonly KubeObject[];
}

/**
 * Decides what brings a terminating namespace to its end: pods go first, then everything else, then the finalizer.
 * Empty while only objects are left that are terminating already. Source: KEP-5080 (ordered namespace deletion).
 */
export function plan(namespace: Namespace, remaining: readonly Remaining[]): Action[] {
  if (!namespace.metadata.deletionTimestamp) return [];
  const left = remaining.filter(({ objects }) => objects.length > 0);
  const pods = left.filter(({ kind }) => kind === POD);
  const now = pods.length > 0 ? pods : left;
  if (now.length === 0) return [{ do: 'removeFinalizer' }];
  return now.flatMap(({ kind, objects }) =>
    objects
      .filter((object) => !object.metadata.deletionTimestamp)
      .map((object) => ({ do: 'delete', kind, object }) as const),
  );
}

/** Empties namespaces that are being deleted and lets them go. */
export function namespaceController({ client, cache }: ControllerParts, kinds: readonly KindDefinition[]): Reconciler {
  const inNamespaces = kinds.filter((kind) => kind.namespaced && !kind.storedAs);
  // What lives in memory is not in the cache; it goes in the pass that its namespace's other objects wake.
  const watched = inNamespaces.filter((kind) => kind.durability !== 'memory');
  const perform = async (namespace: Namespace, action: Action) => {
    if (action.do === 'delete') {
      const preconditions = { uid: action.object.metadata.uid };
      await ignoring(['NotFound', 'Conflict'], client.delete(action.kind, keyOf(action.object), { preconditions }));
      return;
    }
    const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== 'kubernetes');
    const updated = { ...namespace, spec: { ...namespace.spec, finalizers } };
    await ignoring(['NotFound', 'Conflict'], client.update(NAMESPACE, updated, { subresource: 'finalize' }));
  };
  return {
    name: 'namespace-controller',
    watches: [{ kind: NAMESPACE }, ...watched.map((kind) => ({ kind, keysOf: namespaceOf }))],
    async reconcile(key, signal) {
      for (;;) {
        const namespace = cache.get(NAMESPACE, key);
        if (!namespace?.metadata.deletionTimestamp) return;
        const remaining = await Promise.all(
          inNamespaces.map(async (kind) => ({ kind, objects: await client.list(kind, key.name) })),
        );
        const actions = plan(namespace, remaining);
        for (const action of actions) {
          signal.throwIfAborted();
          await perform(namespace, action);
        }
        // Deletions may have made room for the next step; without any, the objects still there will wake us when they go.
        if (!actions.some((action) => action.do === 'delete')) return;
      }
    },
  };
}
