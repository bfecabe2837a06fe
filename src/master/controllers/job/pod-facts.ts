import type { Job, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';

/** Holds a pod until its end is counted in its Job's status. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
/** Label and annotation alike. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
/** How often pods of the same index failed before this one. */
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';
/** Failures of the index that the pod failure policy ignored: they count for the back-off only. */
export const INDEX_IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false;
}

export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed';
}

/** @returns undefined without one, or with one that the Job (by now) has not */
export function indexOf({ metadata }: Pod, { spec }: Job): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX] ?? '';
  const index = /^\d+$/.test(text) ? Number(text) : undefined;
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined;
}

/** Whether a pod on its way out is waited for before it is replaced. */
export function waitsForTermination({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;
}

/** Failed, or lost: a pod that is deleted before its end failed, too, unless its Job waits for the end to tell. */
export function isPodFailed({ metadata, status }: Pod, job: Job): boolean {
  if (status?.phase === 'Failed') return true;
  if (waitsForTermination(job)) return false;
  return Boolean(metadata.deletionTimestamp) && status?.phase !== 'Succeeded';
}

export function isPodSucceeded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded';
}

/** Failures of a pod's index before the pod itself. */
export function failuresBefore({ metadata }: Pod): { readonly counted: number; readonly ignored: number } {
  const count = (name: string) => {
    const text = metadata.annotations?.[name] ?? '';
    return /^\d+$/.test(text) ? Number(text) : 0;
  };
  return { counted: count(INDEX_FAILURES), ignored: count(INDEX_IGNORED_FAILURES) };
}

/** When a pod ended, by the best witness there is: its containers, its readiness, its deletion, its creation. */
export function finishedAt(pod: Pod): Millis {
  return (
    byContainers(pod) ?? byReadiness(pod) ?? byDeletion(pod) ?? (Date.parse(pod.metadata.creationTimestamp ?? '') || 0)
  );
}

/** Sidecars end after the containers they serve. */
function byContainers({ spec, status = {} }: Pod): Millis | undefined {
  const sidecars = new Set(
    (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  const ends = [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ].map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  return ends.length > 0 && ends.every((end) => !Number.isNaN(end)) ? Math.max(...ends) : undefined;
}

function byReadiness({ status }: Pod): Millis | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'False' ? Date.parse(ready.lastTransitionTime ?? '') || undefined : undefined;
}

function byDeletion({ metadata }: Pod): Millis | undefined {
  if (!metadata.deletionTimestamp) return undefined;
  return Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
}
