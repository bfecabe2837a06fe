/**
 * Hands out revisions from blocks that the disk knows to be taken, so that memory keys share the one order without a write
 * each and a crash never lets it go backwards. Example with blocks of 10,000: opened at 20,000 it reserves up to 30,000; at
 * 25,000 the next durable write reserves up to 35,000 on its way; a crash at 26,000 starts again at 35,001.
 */
export class Revisions {
  readonly #block: number;
  #next: number;
  #reserved: number;

  constructor(last: number, reserved: number, block: number) {
    this.#next = last + 1;
    this.#reserved = reserved;
    this.#block = block;
  }

  /** The first one not handed out. */
  get next(): number {
    return this.#next;
  }

  /** Takes `count` from `next` on. Those of a batch that fails stay unused. */
  use(count: number): void {
    this.#next += count;
  }

  /** Whether all that were taken may be shown; otherwise a reservation has to become durable first. */
  get areReserved(): boolean {
    return this.#next - 1 <= this.#reserved;
  }

  /** Time to reserve, if a write goes to disk anyway. */
  get isLow(): boolean {
    return this.#reserved - this.#next < this.#block / 2;
  }

  /** Up to where to reserve. */
  get wanted(): number {
    return this.#next - 1 + this.#block;
  }

  /** The disk knows that all up to `last` are taken. */
  reserved(last: number): void {
    this.#reserved = Math.max(this.#reserved, last);
  }
}
