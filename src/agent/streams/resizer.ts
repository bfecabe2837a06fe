import type { Clock } from '../../lib/clock.ts';

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

const ATTEMPTS = 10;
const FIRST_DELAY_MS = 10;

/**
 * Gives a terminal the newest size that was asked for. The engine answers an exec before its process is there and refuses
 * its size until then: it is tried again for some seconds, as without it the first screen is drawn for no terminal at all.
 */
export class Resizer {
  readonly #apply: (size: TerminalSize) => Promise<void>;
  readonly #clock: Clock;
  #wanted: TerminalSize | undefined;
  #isBusy = false;

  constructor(apply: (size: TerminalSize) => Promise<void>, clock: Clock) {
    this.#apply = apply;
    this.#clock = clock;
  }

  /** Returns at once. Sizes that no terminal has are passed over: a client without a terminal of its own sends 0x0. */
  resize(size: TerminalSize): void {
    if (size.width < 1 || size.height < 1) return;
    this.#wanted = size;
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#wanted) {
      const size = this.#wanted;
      this.#wanted = undefined;
      await this.#try(size);
    }
    this.#isBusy = false;
  }

  async #try(size: TerminalSize): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS && !this.#wanted; attempt++) {
      try {
        return await this.#apply(size);
      } catch {
        // Not there yet, or over already: the latter nobody misses.
        await this.#clock.sleep(FIRST_DELAY_MS * 2 ** attempt);
      }
    }
  }
}
