import type { Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';

/** Counts as one of its owner's: neither ended nor on its way out. */
export function isPodActive({ metadata, status }: Pod): boolean {
  return !metadata.deletionTimestamp && !isPodFinished(status?.phase);
}

/** On its way out, and still there. */
export function isPodTerminating({ metadata, status }: Pod): boolean {
  return Boolean(metadata.deletionTimestamp) && !isPodFinished(status?.phase);
}

function isPodFinished(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

export function isPodReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** Ready for long enough to be counted on. @param minReadySeconds of the owner's spec */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Millis): boolean {
  const since = availableSince(pod, minReadySeconds);
  return since !== undefined && since <= now;
}

/**
 * When a ready pod counts as available: that moment is no change of anything, so that who waits for it asks to be woken.
 * @returns undefined while it is not ready; a moment in the past for one that is available already.
 */
export function availableSince(pod: Pod, minReadySeconds: number): Millis | undefined {
  const ready = readyCondition(pod);
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds <= 0) return 0;
  const readyMs = Date.parse(ready.lastTransitionTime ?? '');
  return Number.isNaN(readyMs) ? undefined : readyMs + minReadySeconds * 1000;
}

function readyCondition({ status }: Pod) {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}
