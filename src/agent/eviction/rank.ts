import { type Candidate, podRequest, podUse } from './pod-usage.ts';
import type { StarvedResource } from './signals.ts';

/** system-node-critical and system-cluster-critical: never evicted. */
const CRITICAL_PRIORITY = 2_000_000_000;

export function isCritical({ spec }: Candidate['pod']): boolean {
  return (spec.priority ?? 0) >= CRITICAL_PRIORITY;
}

/** What counts for one pod. */
interface Rank {
  readonly candidate: Candidate;
  readonly isMeasured: boolean;
  readonly isOverRequest: boolean;
  readonly priority: number;
  /** Use beyond the request. */
  readonly excess: number;
}

/**
 * Who is evicted when a node is low on a resource, the first first: those that use more than they asked for, then the lower
 * priority, then who uses most beyond its request. Of processes nobody asks for any: priority and use decide. A pod that
 * could not be measured goes first. Critical pods are not in the answer. Source: kubelet, rankMemoryPressure and kin.
 */
export function rank(candidates: readonly Candidate[], resource: StarvedResource): Candidate[] {
  return candidates
    .filter(({ pod }) => !isCritical(pod))
    .map((candidate) => rankOf(candidate, resource))
    .sort(
      (a, b) =>
        Number(a.isMeasured) - Number(b.isMeasured) ||
        Number(b.isOverRequest) - Number(a.isOverRequest) ||
        a.priority - b.priority ||
        b.excess - a.excess,
    )
    .map(({ candidate }) => candidate);
}

function rankOf(candidate: Candidate, resource: StarvedResource): Rank {
  const { pod, usage } = candidate;
  const excess = usage ? podUse(usage, resource) - podRequest(pod, resource) : 0;
  return {
    candidate,
    isMeasured: usage !== undefined,
    isOverRequest: resource !== 'pids' && excess > 0,
    priority: pod.spec.priority ?? 0,
    excess,
  };
}
