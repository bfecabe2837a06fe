import { resolveIntOrPercent } from '../../../api/kinds/workload/int-or-percent.ts';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { withDisruptionCondition } from '../../disruption/condition.ts';
import { isPodReady } from '../workload/pod-state.ts';

/** An evicted pod that has not begun to go by then will not. */
const DELETION_TIMEOUT_MS = 2 * 60_000;

/** Who says how many pods there should be. */
export type Scaled =
  | { readonly uid: string; readonly replicas: number }
  /** Nobody. */
  | { readonly unmanaged: true }
  /** Somebody who does not say. */
  | { readonly error: string };

export interface Plan {
  readonly status: PodDisruptionBudgetStatus;
  /** Why the number of expected pods is not known. */
  readonly failure?: string;
  /** Pods that were evicted and stayed. */
  readonly notDeleted: readonly Pod[];
  /** When an evicted pod counts as one that stays. */
  readonly againAfterMs?: number;
}

/**
 * Decides the status of one budget. Source: disruption controller, trySync.
 * @param pods those that the budget selects. @param scaleOf who owns a pod, at the top.
 */
export function plan(
  { metadata, spec, status = {} }: PodDisruptionBudget,
  pods: readonly Pod[],
  scaleOf: (pod: Pod) => Scaled,
  now: Millis,
): Plan {
  const generation = metadata.generation ?? 0;
  const { disrupted, notDeleted, dueMs } = sortDisrupted(status.disruptedPods ?? {}, pods, now);
  const wanted = expected(spec, pods, scaleOf);
  if ('error' in wanted) {
    const failed = { ...zero(status), disruptionsAllowed: 0, observedGeneration: generation };
    return {
      status: withDisruptionCondition(failed, generation, now, wanted.error),
      failure: wanted.error,
      notDeleted,
    };
  }
  const healthy = pods.filter(
    (pod) => !pod.metadata.deletionTimestamp && !Object.hasOwn(disrupted, pod.metadata.name) && isPodReady(pod),
  ).length;
  const spare = Math.max(0, healthy - wanted.healthy);
  const { disruptedPods: _, ...rest } = status;
  const next: PodDisruptionBudgetStatus = {
    ...rest,
    currentHealthy: healthy,
    desiredHealthy: wanted.healthy,
    expectedPods: wanted.count,
    disruptionsAllowed: wanted.count > 0 ? spare : 0,
    ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
    observedGeneration: generation,
  };
  const againAfterMs = dueMs === undefined ? {} : { againAfterMs: Math.max(0, dueMs - now) };
  return { status: withDisruptionCondition(next, generation, now), notDeleted, ...againAfterMs };
}

/** The four counts are always there. */
function zero(status: PodDisruptionBudgetStatus): PodDisruptionBudgetStatus {
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = status;
  return { ...status, currentHealthy, desiredHealthy, expectedPods };
}

type Expected = { readonly count: number; readonly healthy: number } | { readonly error: string };

/** How many pods there should be, and how many of them have to be healthy. */
function expected(
  { minAvailable, maxUnavailable }: PodDisruptionBudget['spec'],
  pods: readonly Pod[],
  scaleOf: (pod: Pod) => Scaled,
): Expected {
  if (maxUnavailable !== undefined) {
    const scale = totalScale(pods, scaleOf);
    if ('error' in scale) return scale;
    const healthy = scale.count - resolveIntOrPercent(maxUnavailable, scale.count, 'up');
    return { count: scale.count, healthy: Math.max(0, healthy) };
  }
  if (typeof minAvailable === 'number') return { count: pods.length, healthy: minAvailable };
  if (minAvailable === undefined) return { count: 0, healthy: 0 };
  const scale = totalScale(pods, scaleOf);
  if ('error' in scale) return scale;
  return { count: scale.count, healthy: resolveIntOrPercent(minAvailable, scale.count, 'up') };
}

/** Each owner once; pods without one count for nothing here. */
function totalScale(
  pods: readonly Pod[],
  scaleOf: (pod: Pod) => Scaled,
): { readonly count: number } | { readonly error: string } {
  const owners = new Map<string, number>();
  for (const pod of pods) {
    const scale = scaleOf(pod);
    if ('error' in scale) return scale;
    if ('uid' in scale) owners.set(scale.uid, scale.replicas);
  }
  return { count: [...owners.values()].reduce((sum, replicas) => sum + replicas, 0) };
}

interface Disrupted {
  readonly disrupted: Record<string, string>;
  readonly notDeleted: Pod[];
  readonly dueMs: Millis | undefined;
}

/** Of the evicted pods: those that are about to go, and those that were not taken away in time. */
function sortDisrupted(evicted: Readonly<Record<string, string>>, pods: readonly Pod[], now: Millis): Disrupted {
  const disrupted: Record<string, string> = {};
  const notDeleted: Pod[] = [];
  let dueMs: Millis | undefined;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const since = Object.hasOwn(evicted, name) ? evicted[name] : undefined;
    if (since === undefined || deletionTimestamp) continue;
    const due = Date.parse(since) + DELETION_TIMEOUT_MS;
    if (due < now) notDeleted.push(pod);
    else {
      disrupted[name] = since;
      dueMs = Math.min(dueMs ?? due, due);
    }
  }
  return { disrupted, notDeleted, dueMs };
}
