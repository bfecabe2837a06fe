import type { Pod, StatefulSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { type Claims, claim } from '../workload/claim.ts';
import { isPodAvailable, isPodReady } from '../workload/pod-state.ts';
import { firstOrdinal, ordinalOf } from './identity.ts';

/** The place of one ordinal that the set should have. */
export interface Slot {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

export interface Places {
  /** By ordinal, from the first one on. */
  readonly slots: readonly Slot[];
  /** Pods of ordinals that the set should not have, the highest first. */
  readonly condemned: readonly Pod[];
}

/** Only pods that bear the set's name and a number: no other could become one of its own. @param pods all of its namespace */
export function claimPods(set: StatefulSet, pods: readonly Pod[]): Claims<Pod> {
  return claim(
    set,
    pods.filter((pod) => ordinalOf(set, pod) !== undefined),
  );
}

export function placesOf(set: StatefulSet, owned: readonly Pod[]): Places {
  const first = firstOrdinal(set);
  const byOrdinal = new Map(owned.map((pod) => [ordinalOf(set, pod) ?? -1, pod]));
  const slots = Array.from({ length: set.spec.replicas }, (_, index) => {
    const ordinal = first + index;
    return { ordinal, pod: byOrdinal.get(ordinal) };
  });
  const isWanted = (ordinal: number) => ordinal >= first && ordinal < first + set.spec.replicas;
  const condemned = [...byOrdinal]
    .filter(([ordinal]) => !isWanted(ordinal))
    .sort(([a], [b]) => b - a)
    .map(([, pod]) => pod);
  return { slots, condemned };
}

export function isTerminating({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function isFinished({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod);
}

export function isRunningAndAvailable(set: StatefulSet, pod: Pod, now: Millis): boolean {
  return isRunningAndReady(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

/** Serves, and goes on serving. */
export function isHealthy(pod: Pod): boolean {
  return isRunningAndReady(pod) && !isTerminating(pod);
}
