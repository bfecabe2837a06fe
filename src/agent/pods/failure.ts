import { type BackoffPolicy, backoffMs } from '../../lib/backoff.ts';
import type { Millis } from '../../lib/clock.ts';

/** All that can fail but a pull heals by itself or by hand soon: a port that comes free, a disk that is cleaned. */
const RETRY_BACK_OFF: BackoffPolicy = { baseMs: 2_000, maxMs: 60_000 };

/** Something that was tried and failed, and when it may be tried again. */
export interface Failure {
  /** As the waiting state shows it: `ErrImagePull`, `CreateContainerError`. */
  readonly reason: string;
  readonly message: string;
  /** How often in a row, from 1. */
  readonly count: number;
  readonly at: Millis;
  readonly retryAt: Millis;
}

/** What a try came to. */
export type What = { readonly reason: string; readonly message: string; readonly now: Millis };

/** The same once more, or for the first time: each waits longer than the one before. */
export function nextFailure(before: Failure | undefined, what: What, policy: BackoffPolicy = RETRY_BACK_OFF): Failure {
  const count = (before?.count ?? 0) + 1;
  const { reason, message, now } = what;
  return { reason, message, count, at: now, retryAt: now + backoffMs(count, policy) };
}
