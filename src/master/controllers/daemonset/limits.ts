import { resolveIntOrPercent } from '../../../api/kinds/workload/int-or-percent.ts';
import type { DaemonSet } from '../../../api/types.ts';
import type { Place } from './placement.ts';

export interface Limits {
  /** Nodes that may have two pods while they are updated. */
  readonly maxSurge: number;
  /** Nodes that may have no available pod. */
  readonly maxUnavailable: number;
}

/** Percentages are of the nodes that should run the pod, rounded up; where both come to nothing a rollout could never go on. */
export function limitsOf({ spec }: DaemonSet, places: readonly Place[]): Limits {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: 0 };
  const desired = places.filter(({ shouldRun }) => shouldRun).length;
  const maxSurge = resolveIntOrPercent(rollingUpdate?.maxSurge ?? 0, desired, 'up');
  const maxUnavailable = resolveIntOrPercent(rollingUpdate?.maxUnavailable ?? 1, desired, 'up');
  return { maxSurge, maxUnavailable: maxSurge + maxUnavailable > 0 ? maxUnavailable : 1 };
}
