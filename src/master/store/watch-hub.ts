import type { Logger } from '../../lib/logger.ts';
import { segmentOf } from './prefix.ts';
import type { StoreEvent, WatchObserver } from './store.ts';

/** One observer of one prefix. Once it has ended nothing more is told to it. */
export class Watcher {
  readonly prefix: string;
  readonly #observer: WatchObserver;
  readonly #log: Logger;
  #isOver = false;
  /** What it has seen already; keeps an event from coming twice to one that joins while events are being told. */
  #seen: number;

  constructor(from: { prefix: string; revision: number }, observer: WatchObserver, log: Logger) {
    this.prefix = from.prefix;
    this.#seen = from.revision;
    this.#observer = observer;
    this.#log = log;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends without a word: the observer asked for it. */
  cancel(): void {
    this.#isOver = true;
  }

  event(event: StoreEvent): void {
    if (event.revision <= this.#seen || !event.key.startsWith(this.prefix)) return;
    this.#seen = event.revision;
    this.#tell(() => this.#observer.event(event));
  }

  progress(revision: number): void {
    this.#tell(() => this.#observer.progress?.(revision));
  }

  end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      this.#observer.ended(error);
    } catch (err) {
      this.#log.warn({ prefix: this.prefix, err }, 'watch observer failed at its end');
    }
  }

  /** An observer that throws is ended, so that it cannot keep the others from their events. */
  #tell(say: () => void): void {
    if (this.#isOver) return;
    try {
      say();
    } catch (err) {
      this.#log.warn({ prefix: this.prefix, err }, 'watch observer failed and was ended');
      this.end(err instanceof Error ? err : new Error(String(err)));
    }
  }
}

/** Who watches what: gives every event to the watchers of its key, in one order for all. */
export class WatchHub {
  /** By the segment of their prefix; those of `''` under `''`. */
  readonly #watchers = new Map<string, Set<Watcher>>();

  add(watcher: Watcher): void {
    const segment = segmentOf(watcher.prefix);
    const group = this.#watchers.get(segment);
    if (group) group.add(watcher);
    else this.#watchers.set(segment, new Set([watcher]));
  }

  remove(watcher: Watcher): void {
    const segment = segmentOf(watcher.prefix);
    const group = this.#watchers.get(segment);
    if (group?.delete(watcher) && group.size === 0) this.#watchers.delete(segment);
  }

  /** @param revision of the newest event: what every watcher has seen afterwards. */
  publish(events: readonly StoreEvent[], revision: number): void {
    for (const event of events) {
      this.#each(segmentOf(event.key), (watcher) => watcher.event(event));
      this.#each('', (watcher) => watcher.event(event));
    }
    for (const segment of [...this.#watchers.keys()]) this.#each(segment, (watcher) => watcher.progress(revision));
  }

  endAll(error: Error): void {
    for (const segment of [...this.#watchers.keys()]) this.#each(segment, (watcher) => watcher.end(error));
    this.#watchers.clear();
  }

  #each(segment: string, tell: (watcher: Watcher) => void): void {
    const group = this.#watchers.get(segment);
    if (!group) return;
    // Observers start and end watches while they are being told: a Set's iterator bears both.
    for (const watcher of group) {
      tell(watcher);
      if (watcher.isOver) this.remove(watcher);
    }
  }
}
