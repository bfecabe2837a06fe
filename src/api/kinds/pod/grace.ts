import type { Pod } from '../../types.ts';

const DEFAULT_GRACE_SECONDS = 30;

/**
 * Seconds that a deleted pod is given (registry/core/pod, CheckGracefulDelete). A pod that runs nowhere, or not any more,
 * needs none; a negative wish means one second; a later delete may shorten what an earlier one gave, never lengthen it.
 * @param requested gracePeriodSeconds of the DeleteOptions
 * @returns undefined when the pod goes at once
 */
export function podGracePeriodSeconds(pod: Pod, requested: number | undefined): number | undefined {
  const phase = pod.status?.phase;
  if (!pod.spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const wanted = requested ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  const seconds = wanted < 0 ? 1 : wanted;
  const given = pod.metadata.deletionTimestamp ? pod.metadata.deletionGracePeriodSeconds : undefined;
  return Math.min(seconds, given ?? seconds) || undefined;
}
