import type { Deployment, Pod } from '../../../api/types.ts';
import { controllerOf } from '../workload/owner.ts';
import { withNewSet } from './new-set.ts';
import { resized } from './scale.ts';
import { activeOf, type Sets, withChanged } from './sets.ts';

/** One step of Recreate: the old sets go to nothing; when their last pod has ended, the new one gets all. */
export function recreate(deployment: Deployment, sets: Sets, pods: readonly Pod[]): Sets {
  const active = activeOf(sets.old);
  if (active.length > 0)
    return withChanged(
      sets,
      active.map((set) => resized(deployment, set, 0)),
    );
  if (isOldPodLeft(sets, pods)) return sets;
  const complete = withNewSet(deployment, sets);
  return withChanged(complete, [resized(deployment, complete.newSet, deployment.spec.replicas)]);
}

/** Terminating pods, too, still do what the new ones must not do beside them. */
function isOldPodLeft({ old }: Sets, pods: readonly Pod[]): boolean {
  if (old.some(({ status }) => (status?.replicas ?? 0) > 0)) return true;
  const uids = new Set(old.map(({ metadata }) => metadata.uid));
  return pods.some((pod) => {
    const phase = pod.status?.phase;
    return phase !== 'Failed' && phase !== 'Succeeded' && uids.has(controllerOf(pod)?.uid);
  });
}
