import { NAMESPACE } from '../../api/kinds/namespace.ts';
import { POD } from '../../api/kinds/pod.ts';
import { ApiError } from '../../api/meta/errors.ts';
import { type KindDefinition, keyOf, type ObjectKey } from '../../api/registry.ts';
import type { KubeObject, Namespace } from '../../api/types.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { ignoring } from './ignore-errors.ts';
import { type Remaining, withDeletionConditions } from './namespace-conditions.ts';
import { namespaceOf } from './service-account.ts';

/** So many deletions share the disk's syncs. */
const CONCURRENCY = 32;

interface Deletion {
  readonly do: 'delete';
  readonly kind: KindDefinition;
  readonly object: KubeObject;
}

export type Action = Deletion | { readonly do: 'removeFinalizer' };

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

/** Empties namespaces that are being deleted, tells what keeps them, and lets them go. @param cached of the kinds served */
export function namespaceController(
  { client, cache, clock }: ControllerParts,
  kinds: readonly KindDefinition[],
  cached: readonly KindDefinition[],
): Reconciler {
  const inNamespaces = kinds.filter((kind) => kind.namespaced && !kind.storedAs);
  // What is not in the cache goes in the pass that its namespace's other objects wake.
  const watched = inNamespaces.filter((kind) => cached.includes(kind));
  const observe = (namespace: string): Promise<Remaining[]> =>
    Promise.all(inNamespaces.map(async (kind) => ({ kind, objects: await client.list(kind, namespace) })));
  const remove = ({ kind, object }: Deletion) => {
    const preconditions = { uid: object.metadata.uid };
    return ignoring(['NotFound', 'Conflict'], client.delete(kind, keyOf(object), { preconditions }));
  };
  const tell = async (key: ObjectKey, found: Parameters<typeof withDeletionConditions>[1]) => {
    const namespace = cache.get(NAMESPACE, key);
    if (!namespace?.metadata.deletionTimestamp) return;
    const { status = {} } = namespace;
    const next = withDeletionConditions(status, found, clock.now());
    if (next === status) return;
    const update = client.update(NAMESPACE, { ...namespace, status: next }, { subresource: 'status' });
    await ignoring(['NotFound', 'Conflict'], update);
  };
  const letGo = async (key: ObjectKey) => {
    const namespace = cache.get(NAMESPACE, key);
    if (!namespace) return;
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
        if (!namespace?.metadata.deletionTimestamp) return undefined;
        const found = await observe(key.name);
        const actions = plan(namespace, found);
        const deletions = actions.filter((action) => action.do === 'delete');
        const failures = await removeAll(deletions, remove, signal);
        const remaining = deletions.length > 0 ? await observe(key.name) : found;
        await tell(key, { remaining, failures: failures.map(({ message }) => message) });
        if (failures.length > 0) throw failures[0];
        if (actions.some((action) => action.do === 'removeFinalizer')) await letGo(key);
        // Deletions may have made room for the next step; without any, the objects still there will wake us when they go.
        if (deletions.length === 0) return undefined;
      }
    },
  };
}

/** @returns the first error of each kind: what fails for one object does not keep the others. */
async function removeAll(
  deletions: readonly Deletion[],
  remove: (deletion: Deletion) => Promise<void>,
  signal: AbortSignal,
): Promise<Error[]> {
  const failures = new Map<KindDefinition, Error>();
  const attempt = async (deletion: Deletion) => {
    try {
      await remove(deletion);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!failures.has(deletion.kind)) failures.set(deletion.kind, error);
    }
  };
  for (let i = 0; i < deletions.length; i += CONCURRENCY) {
    signal.throwIfAborted();
    await Promise.all(deletions.slice(i, i + CONCURRENCY).map(attempt));
  }
  return [...failures.values()];
}
