import type { Pod, StatefulSet, StatefulSetStatus } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { revisionOfPod } from '../history/revision.ts';
import { countAs } from '../workload/count-as.ts';
import { availableSince } from '../workload/pod-state.ts';
import type { Revisions } from './revisions.ts';
import { claimPods, isRunningAndAvailable, isRunningAndReady, isTerminating } from './slots.ts';

/** What a StatefulSet tells of its pods. @param pods all of its namespace */
export function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  { revisions, now }: { readonly revisions: Revisions; readonly now: Millis },
): StatefulSetStatus {
  const { owned } = claimPods(set, pods);
  const update = revisions.update.metadata.name;
  const staying = owned.filter((pod) => !isTerminating(pod));
  const ready = owned.filter(isRunningAndReady);
  const updated = staying.filter((pod) => revisionOfPod(pod) === update).length;
  const isComplete =
    set.spec.updateStrategy?.type === 'RollingUpdate' &&
    [updated, ready.length, owned.length].every((count) => count === set.spec.replicas);
  const current = isComplete ? update : revisions.current.metadata.name;
  const { conditions, collisionCount = 0 } = set.status ?? {};
  const { generation } = set.metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    replicas: owned.length,
    ...countAs('readyReplicas', ready.length),
    ...countAs('currentReplicas', staying.filter((pod) => revisionOfPod(pod) === current).length),
    ...countAs('updatedReplicas', updated),
    currentRevision: current,
    updateRevision: update,
    collisionCount,
    availableReplicas: ready.filter((pod) => isRunningAndAvailable(set, pod, now)).length,
    ...(conditions ? { conditions } : {}),
  };
}

/** When the next ready pod becomes available, in ms from now: nothing else tells of it. @returns undefined when none is waiting */
export function nextAvailableMs(set: StatefulSet, pods: readonly Pod[], now: Millis): number | undefined {
  const waits = claimPods(set, pods)
    .owned.map((pod) => (availableSince(pod, set.spec.minReadySeconds ?? 0) ?? 0) - now)
    .filter((ms) => ms > 0);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}
