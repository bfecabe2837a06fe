import type { Clock, Millis } from '../../lib/clock.ts';

/** Whether the container engine answers; what the node's Ready condition and its reason are made of. */
export class RuntimeHealth {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  /** undefined until it was asked for the first time. */
  #isUp: boolean | undefined;
  #message = 'the container engine has not been asked yet';
  #since: Millis;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  get isUp(): boolean {
    return this.#isUp === true;
  }

  /** Why it is down, in words for an operator; '' when it is up. */
  get message(): string {
    return this.#message;
  }

  /** When that became so. */
  get since(): Millis {
    return this.#since;
  }

  /** Calls back after each change. @returns ends it. */
  subscribe(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  /** @returns whether that is news. */
  up(): boolean {
    return this.#change(true, '');
  }

  /** @returns whether that is news. */
  down(message: string): boolean {
    return this.#change(false, message);
  }

  #change(isUp: boolean, message: string): boolean {
    const isNews = isUp !== this.#isUp;
    this.#isUp = isUp;
    this.#message = message;
    if (!isNews) return false;
    this.#since = this.#clock.now();
    for (const listener of this.#listeners) listener();
    return true;
  }
}
