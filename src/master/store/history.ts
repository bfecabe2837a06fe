import type { Change, Current } from './decide.ts';
import { segmentOf } from './prefix.ts';

export interface HistoryLimits {
  /** So many events at most. */
  readonly events: number;
  /** Their values' length in characters, together. */
  readonly chars: number;
}

/**
 * The newest changes, in memory: what watchers resume from without touching the disk, and the only history that memory
 * keys and volatile writes have. Of dropped changes the log on disk still knows the durable ones; for the others a floor is
 * kept per segment (`events/`, `nodes/`), before which nothing complete can be told.
 */
export class History {
  readonly #limits: HistoryLimits;
  readonly #floors = new Map<string, number>();
  #changes: Change[] = [];
  /** Index of the oldest kept change; those before it wait to be cut off in one go. */
  #head = 0;
  #chars = 0;
  #start: number;

  /** @param start the revision when the store was opened; nothing after it is missing. */
  constructor(start: number, limits: HistoryLimits) {
    this.#start = start;
    this.#limits = limits;
  }

  /** Every change after this revision is here. */
  get start(): number {
    return this.#start;
  }

  append(change: Change): void {
    this.#changes.push(change);
    this.#chars += charsOf(change);
    while (this.#changes.length - this.#head > this.#limits.events || this.#chars > this.#limits.chars) {
      if (!this.#drop()) break;
    }
  }

  /** Drops what is not after `revision`. */
  forget(revision: number): void {
    for (let oldest = this.#changes[this.#head]; oldest && oldest.event.revision <= revision; ) {
      this.#drop();
      oldest = this.#changes[this.#head];
    }
  }

  /** Says that changes under `segment` up to `revision` cannot be told by the log alone. */
  raiseFloor(segment: string, revision: number): void {
    this.#floors.set(segment, Math.max(revision, this.#floors.get(segment) ?? 0));
  }

  /** The revision from which on all changes under `prefix` can be told; 0 where the log has everything. */
  floorOf(prefix: string): number {
    let floor = 0;
    for (const [segment, revision] of this.#floors) {
      if (segment.startsWith(prefix) || prefix.startsWith(segment)) floor = Math.max(floor, revision);
    }
    return floor;
  }

  /** The kept changes after `revision`, oldest first. */
  after(revision: number): readonly Change[] {
    let low = this.#head;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.event.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#changes.slice(low);
  }

  /** What the keys changed since held at `revision`; `undefined` where there was nothing. */
  before(revision: number, prefix: string): Map<string, Current | undefined> {
    const held = new Map<string, Current | undefined>();
    for (const { event, previous } of this.after(revision)) {
      if (event.key.startsWith(prefix) && !held.has(event.key)) held.set(event.key, previous);
    }
    return held;
  }

  #drop(): boolean {
    const change = this.#changes[this.#head];
    if (!change) return false;
    this.#head += 1;
    this.#chars -= charsOf(change);
    this.#start = change.event.revision;
    const { key, revision } = change.event;
    if (change.place !== 'disk') this.raiseFloor(segmentOf(key), revision);
    // A volatile value that this row replaced is gone with it: the log cannot say what the key held just before.
    else if (wasVolatile(change.previous)) this.raiseFloor(segmentOf(key), revision - 1);
    if (this.#head > 1024 && this.#head * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#head);
      this.#head = 0;
    }
    return true;
  }
}

function wasVolatile(current: Current | undefined): boolean {
  return current !== undefined && current.durableRevision !== current.revision;
}

function charsOf({ event }: Change): number {
  return event.key.length + event.value.length;
}
