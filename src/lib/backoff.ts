import type { Millis } from './clock.ts';

/** Grows from `baseMs`, doubling, up to `maxMs`. */
export interface BackoffPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait after the `failures`-th failure in a row (1 is the first).
 * @returns ms; 10 s, 20 s, 40 s ... 300 s for `{ baseMs: 10_000, maxMs: 300_000 }`; 0 when nothing failed.
 */
export function backoffMs(failures: number, policy: BackoffPolicy): number {
  if (failures <= 0) return 0;
  // 2 ** 30 is far over any maximum and still an exact number.
  return Math.min(policy.baseMs * 2 ** Math.min(failures - 1, 30), policy.maxMs);
}

/** Failures by key, and when each key may be tried again. */
export class Backoff<K> {
  readonly #policy: BackoffPolicy;
  readonly #entries = new Map<K, { failures: number; until: Millis }>();

  constructor(policy: BackoffPolicy) {
    this.#policy = policy;
  }

  /** Counts a failure. @returns when the key may be tried again. */
  failed(key: K, now: Millis): Millis {
    const failures = (this.#entries.get(key)?.failures ?? 0) + 1;
    const until = now + backoffMs(failures, this.#policy);
    this.#entries.set(key, { failures, until });
    return until;
  }

  /** When the key may be tried again; undefined when nothing holds it. */
  heldUntil(key: K, now: Millis): Millis | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > now ? entry.until : undefined;
  }

  succeeded(key: K): void {
    this.#entries.delete(key);
  }
}
