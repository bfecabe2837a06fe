import { isDeepStrictEqual } from 'node:util';
import { POD } from '../../../api/kinds/pod.ts';
import { REPLICA_SET } from '../../../api/kinds/replica-set.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { ReplicaSet, ReplicaSetStatus, ReplicationController } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { ownersConcerned } from '../workload/claim.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { controllerOf } from '../workload/owner.ts';
import { Performer } from './performer.ts';
import { plan } from './plan.ts';
import { nextAvailableMs, statusOf } from './status.ts';

/** A kind that keeps a number of pods: ReplicaSets, and ReplicationControllers, which differ by their selector only. */
export interface ReplicaKind<T extends ReplicaSet | ReplicationController> {
  readonly name: string;
  readonly component: string;
  readonly kind: KindDefinition<T>;
  asReplicaSet(object: T): ReplicaSet;
}

/** Keeps as many pods of every ReplicaSet as it says. */
export function replicaSetController(parts: ControllerParts): Reconciler {
  return replicaController(parts, {
    name: 'replicaset-controller',
    component: 'replicaset-controller',
    kind: REPLICA_SET,
    asReplicaSet: (set) => set,
  });
}

export function replicaController<T extends ReplicaSet | ReplicationController>(
  { client, cache, events, clock }: ControllerParts,
  { name, component, kind, asReplicaSet }: ReplicaKind<T>,
): Reconciler {
  const claims = new ClaimWriter(client, kind, POD);
  const performer = new Performer({ client, events, component, claims });
  const siblingsOf = (set: ReplicaSet): Set<string> => {
    const owner = controllerOf(set)?.uid;
    const all = owner ? cache.list(kind, set.metadata.namespace ?? '') : [];
    const related = all.filter((other) => controllerOf(other)?.uid === owner);
    return new Set([set, ...related].map(({ metadata }) => metadata.uid ?? ''));
  };
  const writeStatus = async (object: T, status: ReplicaSetStatus) => {
    if (isDeepStrictEqual(object.status, status)) return;
    // What changed the object meanwhile wakes us again.
    const update = client.update(kind, { ...object, status }, { subresource: 'status' });
    await ignoring(['NotFound', 'Conflict'], update);
  };
  return {
    name,
    watches: [{ kind }, { kind: POD, keysOf: ownersConcerned(cache, kind, asReplicaSet) }],
    async reconcile(key) {
      const object = cache.get(kind, key);
      if (!object) return undefined;
      const set = asReplicaSet(object);
      const pods = () => cache.list(POD, key.namespace);
      const actions = plan(set, { pods: pods(), siblings: siblingsOf(set) }, clock.now());
      const outcome = await performer.perform(set, actions);
      // The cache has what was just written: the status tells of that, too.
      const now = clock.now();
      await writeStatus(object, statusOf(set, pods(), { failure: outcome?.failure, now }));
      if (outcome) throw outcome.error;
      return nextAvailableMs(set, pods(), now);
    },
  };
}
