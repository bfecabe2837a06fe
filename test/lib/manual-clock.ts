import type { Clock, Millis } from '../../src/lib/clock.ts';

/** A clock that a test winds by hand; it starts at 0 unless told. */
export class ManualClock implements Clock {
  #now: Millis;
  /** What the date is ahead of the time that passed. */
  #jumped: Millis = 0;
  #timers: { at: Millis; run: () => void }[] = [];

  constructor(now: Millis = 0) {
    this.#now = now;
  }

  now(): Millis {
    return this.#now + this.#jumped;
  }

  monotonic(): Millis {
    return this.#now;
  }

  /** Somebody sets the date: no time passes. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = this.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
    });
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time on and runs what falls due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = due.at;
      due.run();
    }
    this.#now = end;
  }
}
