import type { Clock, Millis } from '../../lib/clock.ts';

/** Of the grace period: how often an agent is asked to give a sign. One lost on the way must not make its node look lost. */
const INTERVAL_SHARE = 0.3;

/** How often agents beat: 3 s of a grace period of 10 s. */
export function heartbeatIntervalMs(graceMs: Millis): Millis {
  return Math.round(graceMs * INTERVAL_SHARE);
}

/**
 * How long each node has been silent, as far as the master was listening. The time that it did not run itself (stopped, starved,
 * hung up on its disk) says nothing about nodes: what they sent is waiting in its sockets. Dates play no part.
 */
export class Heartbeats {
  readonly graceMs: Millis;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #heardAt = new Map<string, Millis>();
  readonly #awaitedUntil: Millis;
  #lookedAt: Millis;
  #listeningSince: Millis;

  /** @param awaitMs so long after the start nodes that have not spoken yet are not called silent. */
  constructor(clock: Pick<Clock, 'monotonic'>, graceMs: Millis, awaitMs: Millis = 0) {
    this.graceMs = graceMs;
    this.#clock = clock;
    this.#lookedAt = clock.monotonic();
    this.#awaitedUntil = this.#lookedAt + awaitMs;
    this.#listeningSince = this.#lookedAt;
  }

  /** To be called at least this often: a gap of half the grace period is a pause of the master. */
  get lookEveryMs(): Millis {
    return this.graceMs / 5;
  }

  /** @returns how long the master has been away, when it was: every node gets a whole grace period from now. */
  look(): Millis | undefined {
    const now = this.#clock.monotonic();
    const gap = now - this.#lookedAt;
    this.#lookedAt = now;
    if (gap < this.graceMs / 2) return undefined;
    this.#listeningSince = now;
    return gap;
  }

  heard(name: string): void {
    this.#heardAt.set(name, this.#clock.monotonic());
  }

  /** A Node is there whose agent has not said a word to this process: it gets twice the time, or more. */
  expect(name: string): void {
    const at = Math.max(this.#clock.monotonic() + this.graceMs, this.#awaitedUntil - this.graceMs);
    if (!this.#heardAt.has(name)) this.#heardAt.set(name, at);
  }

  forget(name: string): void {
    this.#heardAt.delete(name);
  }

  silentMs(name: string): Millis {
    const now = this.#clock.monotonic();
    const heardAt = this.#heardAt.get(name) ?? now;
    return Math.max(now - Math.max(heardAt, this.#listeningSince), 0);
  }

  isSilent(name: string): boolean {
    return this.silentMs(name) >= this.graceMs;
  }

  /** It has spoken lately: two beats may be missing, not more. */
  isHeard(name: string): boolean {
    return this.silentMs(name) < 2 * heartbeatIntervalMs(this.graceMs);
  }
}
