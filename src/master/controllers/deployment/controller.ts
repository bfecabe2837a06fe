import { DEPLOYMENT } from '../../../api/kinds/deployment.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { REPLICA_SET } from '../../../api/kinds/replica-set.ts';
import { keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { ownersConcerned } from '../workload/claim.ts';
import { controllerKeys } from '../workload/owner.ts';
import { Performer } from './performer.ts';
import { plan } from './plan.ts';
import { nextProgressCheckMs } from './progress.ts';

/** Rolls Deployments out: one step a pass; what the step changes brings the next one. */
export function deploymentController(parts: ControllerParts): Reconciler {
  const { cache, clock } = parts;
  const performer = new Performer(parts);
  const pass = async (key: ObjectKey, signal: AbortSignal) => {
    const deployment = cache.get(DEPLOYMENT, key);
    if (!deployment) return;
    const view = { replicaSets: cache.list(REPLICA_SET, key.namespace), pods: cache.list(POD, key.namespace) };
    for (const action of plan(deployment, view, clock.now())) {
      signal.throwIfAborted();
      if (!(await performer.perform(deployment, action))) return;
    }
  };
  return {
    name: 'deployment-controller',
    watches: [
      { kind: DEPLOYMENT },
      { kind: REPLICA_SET, keysOf: ownersConcerned(cache, DEPLOYMENT, (deployment) => deployment) },
      { kind: POD, keysOf: (pod) => waitingForTheEndOf(pod, cache) },
    ],
    async reconcile(key, signal) {
      // Whatever was changed under our hands wakes us again.
      await ignoring(['Conflict', 'NotFound'], pass(key, signal));
      const deployment = cache.get(DEPLOYMENT, key);
      return deployment && nextProgressCheckMs(deployment, clock.now());
    },
  };
}

/** Only with Recreate a Deployment looks at pods themselves; else the counts of its sets tell it all. */
function waitingForTheEndOf(pod: KubeObject, cache: ObjectCache): ObjectKey[] {
  return controllerKeys(pod, 'ReplicaSet')
    .flatMap((key) => controllerKeys(cache.get(REPLICA_SET, key), 'Deployment'))
    .flatMap((key) => cache.get(DEPLOYMENT, key) ?? [])
    .filter(({ spec }) => spec.strategy?.type === 'Recreate')
    .map(keyOf);
}
