import { resolveIntOrPercent } from '../../../api/kinds/workload/int-or-percent.ts';
import type { Deployment } from '../../../api/types.ts';

/** How many pods over its size a Deployment may have while it rolls: rounded up. */
export function maxSurge({ spec }: Deployment): number {
  if (!isRolling(spec)) return 0;
  return resolveIntOrPercent(spec.strategy?.rollingUpdate?.maxSurge ?? '25%', spec.replicas, 'up');
}

/**
 * How many of its pods may be unavailable: rounded down. Where both limits come to 0, nothing could ever move: then it is 1.
 * Of 3 pods, 25% are a surge of 1 and 0 unavailable. Source: deployment/util, ResolveFenceposts.
 */
export function maxUnavailable(deployment: Deployment): number {
  const { spec } = deployment;
  if (!isRolling(spec) || spec.replicas === 0) return 0;
  const count = resolveIntOrPercent(spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', spec.replicas, 'down');
  return Math.min(count === 0 && maxSurge(deployment) === 0 ? 1 : count, spec.replicas);
}

function isRolling({ strategy }: Deployment['spec']): boolean {
  return strategy?.type !== 'Recreate';
}
