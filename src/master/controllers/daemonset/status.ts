import type { DaemonSet, DaemonSetStatus, Node, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { revisionOfPod } from '../history/revision.ts';
import { claim } from '../workload/claim.ts';
import { countAs } from '../workload/count-as.ts';
import { availableSince, isPodAvailable, isPodReady } from '../workload/pod-state.ts';
import { placementOf } from './placement.ts';

/** What the counts are made of. */
export interface Observed {
  readonly nodes: readonly Node[];
  /** All of the set's namespace. */
  readonly pods: readonly Pod[];
  /** Of the revision that the pods should be of. */
  readonly hash: string;
}

/** What a DaemonSet tells of its nodes: of each the oldest pod counts, the others are surplus. */
export function statusOf(set: DaemonSet, { nodes, pods, hash }: Observed, now: Millis): DaemonSetStatus {
  const { places } = placementOf(set, nodes, pods);
  const desired = places.filter(({ shouldRun }) => shouldRun);
  const current = desired.flatMap(({ pods: [oldest] }) => oldest ?? []);
  const ready = current.filter(isPodReady);
  const available = ready.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length;
  const { conditions, collisionCount } = set.status ?? {};
  const { generation } = set.metadata;
  return {
    currentNumberScheduled: current.length,
    numberMisscheduled: places.filter((place) => !place.shouldRun && place.pods.length > 0).length,
    desiredNumberScheduled: desired.length,
    numberReady: ready.length,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...countAs('updatedNumberScheduled', current.filter((pod) => revisionOfPod(pod) === hash).length),
    ...countAs('numberAvailable', available),
    ...countAs('numberUnavailable', desired.length - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions ? { conditions } : {}),
  };
}

/** When the next ready pod becomes available, in ms from now: nothing else tells of it. @returns undefined when none is waiting */
export function nextAvailableMs(set: DaemonSet, pods: readonly Pod[], now: Millis): number | undefined {
  const waits = claim(set, pods)
    .owned.map((pod) => (availableSince(pod, set.spec.minReadySeconds ?? 0) ?? 0) - now)
    .filter((ms) => ms > 0);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}
