import type { PodInfo } from '../pod-info.ts';

/** The higher priority, then the longer run, comes first. Source: kube-scheduler, util.MoreImportantPod. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || startOf(a) - startOf(b);
}

/** Milliseconds; one that has not started is the youngest. */
export function startOf({ pod }: PodInfo): number {
  const start = Date.parse(pod.status?.startTime ?? '');
  return Number.isNaN(start) ? Number.MAX_SAFE_INTEGER : start;
}
