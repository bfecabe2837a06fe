import type { Clock, Millis } from './clock.ts';

export interface RepeatingOptions {
  readonly pass: () => Promise<void>;
  /** Asked after each pass. */
  readonly pauseMs: () => Millis;
  /** A pass threw; the next one comes all the same. @param inARow from 1: the first is a transition, worth a line in the log */
  readonly onFailure: (error: unknown, inARow: number) => void;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Looks at what no event tells of, again and again. */
export class Repeating {
  readonly #options: RepeatingOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: RepeatingOptions) {
    this.#options = options;
  }

  /** Aborted by `stop`: what a pass waits for ends with it. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopping'));
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { pass, pauseMs, onFailure, clock } = this.#options;
    for (let failures = 0; !this.signal.aborted; ) {
      try {
        await pass();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!this.signal.aborted) onFailure(error, failures);
      }
      // An abort ends the wait, and the loop's condition ends the loop.
      await clock.sleep(pauseMs(), this.signal).catch(() => {});
    }
  }
}
