import { REPLICATION_CONTROLLER } from '../../api/kinds/replication-controller.ts';
import type { ReplicaSet, ReplicationController } from '../../api/types.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { replicaController } from './replicaset/controller.ts';

/** Keeps as many pods of every ReplicationController as it says: what ReplicaSets do, with a selector that is a plain map. */
export function replicationController(parts: ControllerParts): Reconciler {
  return replicaController(parts, {
    name: 'replication-controller',
    component: 'replication-controller',
    kind: REPLICATION_CONTROLLER,
    asReplicaSet,
  });
}

function asReplicaSet(controller: ReplicationController): ReplicaSet {
  return { ...controller, spec: { ...controller.spec, selector: { matchLabels: controller.spec.selector ?? {} } } };
}
