import { Backoff, type BackoffPolicy } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

export interface WorkqueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many keys are worked on at once. */
  readonly concurrency?: number;
  readonly backoff?: BackoffPolicy;
}

/**
 * The only place that retries. A key is worked on by one worker at a time; added while it is worked on, it is worked on once
 * more; a failing one comes again after its back-off (client-go's rate-limited workqueue).
 */
export class Workqueue {
  readonly name: string;
  readonly #options: WorkqueueOptions;
  readonly #work: (key: string, signal: AbortSignal) => Promise<void>;
  readonly #backoff: Backoff<string>;
  readonly #ready = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #delayed = new Map<string, { at: number; cancel: () => void }>();
  readonly #failing = new Set<string>();
  readonly #stopping = new AbortController();
  #started = false;

  /** @param work one level-triggered pass over what the key names; throwing means: again, later. */
  constructor(options: WorkqueueOptions, work: (key: string, signal: AbortSignal) => Promise<void>) {
    this.name = options.name;
    this.#options = options;
    this.#work = work;
    this.#backoff = new Backoff(options.backoff ?? { baseMs: 50, maxMs: 60_000 });
  }

  start(): void {
    this.#started = true;
    this.#fill();
  }

  /** Takes no more keys, aborts what runs and waits for it. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error(`${this.name} is stopping`));
    for (const delayed of this.#delayed.values()) delayed.cancel();
    this.#delayed.clear();
    this.#ready.clear();
    await Promise.allSettled(this.#running.values());
  }

  /** Works on the key as soon as a worker is free. */
  add(key: string): void {
    if (this.#stopping.signal.aborted) return;
    this.#cancelDelay(key);
    this.#ready.add(key);
    // Not at once: the caller's stack ends first, and a key added twice in it is worked on once.
    queueMicrotask(() => this.#fill());
  }

  /** Works on the key after `ms`, or earlier when it is added otherwise. The earlier of two delays holds. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    if (this.#stopping.signal.aborted || this.#ready.has(key)) return;
    const at = this.#options.clock.monotonic() + ms;
    const pending = this.#delayed.get(key);
    if (pending && pending.at <= at) return;
    pending?.cancel();
    this.#delayed.set(key, { at, cancel: this.#options.clock.after(ms, () => this.add(key)) });
  }

  #cancelDelay(key: string): void {
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
  }

  #fill(): void {
    if (!this.#started) return;
    for (const key of this.#ready) {
      if (this.#running.size >= (this.#options.concurrency ?? 4)) return;
      if (this.#running.has(key)) continue;
      this.#ready.delete(key);
      this.#running.set(key, this.#runOne(key));
    }
  }

  async #runOne(key: string): Promise<void> {
    const { log, clock } = this.#options;
    try {
      await this.#work(key, this.#stopping.signal);
      this.#backoff.succeeded(key);
      if (this.#failing.delete(key)) log.info({ queue: this.name, key }, 'works again');
    } catch (err) {
      if (!this.#stopping.signal.aborted) {
        // Transitions are told, turns are not: the first failure is a warning, its repeats are debug.
        if (this.#failing.has(key)) log.debug({ queue: this.name, key, err }, 'still failing');
        else log.warn({ queue: this.name, key, err }, 'failed; will be tried again');
        this.#failing.add(key);
        const now = clock.monotonic();
        this.addAfter(key, this.#backoff.failed(key, now) - now);
      }
    } finally {
      this.#running.delete(key);
      this.#fill();
    }
  }
}
