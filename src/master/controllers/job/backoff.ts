import type { Job, Pod } from '../../../api/types.ts';
import { backoffMs } from '../../../lib/backoff.ts';
import type { Millis } from '../../../lib/clock.ts';
import { failuresBefore, finishedAt, isPodFailed, isPodSucceeded, isTracked } from './pod-facts.ts';

/** 10 s, 20 s, 40 s, ..., six minutes. Source: the documented behaviour of Jobs ("pod backoff failure policy"). */
const POLICY = { baseMs: 10_000, maxMs: 360_000 };
/** More in a row change nothing any more. */
const REMEMBERED = 10;

/** A pod that failed. */
export interface Failure {
  readonly uid: string;
  readonly at: Millis;
}

/**
 * The failures since the last success, oldest first.
 * @param known of earlier passes: of a pod that was deleted nothing else is left
 */
export function failuresInARow(known: readonly Failure[], job: Job, pods: readonly Pod[]): Failure[] {
  const lastSuccess = pods
    .filter(isPodSucceeded)
    .reduce((last, pod) => Math.max(last, finishedAt(pod)), Number.NEGATIVE_INFINITY);
  // A pod that is deleted without being tracked was taken away by its Job, or failed before: no new failure.
  const failed = pods.filter((pod) => isPodFailed(pod, job) && (isTracked(pod) || !pod.metadata.deletionTimestamp));
  const byUid = new Map(known.map((failure) => [failure.uid, failure]));
  for (const pod of failed) byUid.set(pod.metadata.uid ?? '', { uid: pod.metadata.uid ?? '', at: finishedAt(pod) });
  return [...byUid.values()]
    .filter(({ at }) => at > lastSuccess)
    .sort((a, b) => a.at - b.at)
    .slice(-REMEMBERED);
}

/** How long until the next pod may be made, in ms. */
export function remainingMs(failures: readonly Failure[], now: Millis): number {
  return remaining(failures.length, failures.at(-1)?.at ?? 0, now);
}

/** The same for one index, whose last pod knows how many failed before it. */
export function remainingOfIndexMs(lastFailed: Pod, now: Millis): number {
  const { counted, ignored } = failuresBefore(lastFailed);
  return remaining(counted + ignored + 1, finishedAt(lastFailed), now);
}

function remaining(failures: number, lastAt: Millis, now: Millis): number {
  const wait = backoffMs(failures, POLICY);
  // A clock that was set back would make it longer.
  return Math.max(0, Math.min(wait, wait - (now - lastAt)));
}
