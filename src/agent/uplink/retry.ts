import { type BackoffPolicy, backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';

/** The longest wait is about half of what a master gives a silent node: one that restarts finds its agents before it judges them. */
const POLICY: BackoffPolicy = { baseMs: 250, maxMs: 5_000 };
/** Of the interval of heartbeats, which is 0.3 of what the master gives a silent node. */
const MAX_BEATS = 1.5;

/** Waits between attempts: growing, and each by a random part of itself, so that many agents do not come back in step. */
export class Retry {
  readonly #clock: Clock;
  readonly #random: () => number;
  #policy = POLICY;
  #failures = 0;

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The next wait in ms: of 1000 something from 500 to 1000. */
  next(): number {
    this.#failures += 1;
    return backoffMs(this.#failures, this.#policy) * (0.5 + this.#random() / 2);
  }

  /** A master that judges sooner is asked sooner: of 900 ms between heartbeats at most 1350. */
  keepUpWith(heartbeatIntervalMs: number): void {
    this.#policy = { ...POLICY, maxMs: Math.min(heartbeatIntervalMs * MAX_BEATS, POLICY.maxMs) };
  }

  async wait(signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(this.next(), signal);
  }

  /** It worked: the next failure waits the shortest again. */
  reset(): void {
    this.#failures = 0;
  }
}
