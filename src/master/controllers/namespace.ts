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
  return {
    name: 'namespace-controller',
    watches: [{ kind: NAMESPACE }, ...inNamespaces.map((kind) => ({ kind, keysOf: namespaceOf }))],
    async reconcile(key, signal) {
      const namespace = cache.get(NAMESPACE, key);
      if (!namespace?.metadata.deletionTimestamp) return;
      const remaining = inNamespaces.map((kind) => ({ kind, objects: cache.list(kind, key.name) }));
      for (const action of plan(namespace, remaining)) {
        signal.throwIfAborted();
        if (action.do === 'delete') {
          const preconditions = { uid: action.object.metadata.uid };
          await ignoring(['NotFound', 'Conflict'], client.delete(action.kind, keyOf(action.object), { preconditions }));
        } else {
          const finalizers = (namespace as { spec?: { finalizers?: string[] } }).spec?.finalizers ?? [];
          const spec = { finalizers: finalizers.filter((name) => name !== 'kubernetes') };
          await ignoring(['NotFound'], client.update(NAMESPACE, { ...namespace, spec }, { subresource: 'finalize' }));
        }
      }
    },
  };
}
