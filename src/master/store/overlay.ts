import { after, type Change, type Current } from './decide.ts';

/** What lies over the log on disk: memory keys, and the newest value of durable keys that had a volatile write since their row. */
export class Overlay {
  readonly #memory = new Map<string, Current>();
  readonly #volatile = new Map<string, Current>();

  get(key: string): Current | undefined {
    return this.#memory.get(key) ?? this.#volatile.get(key);
  }

  apply(change: Change): void {
    const { key } = change.event;
    const current = after(change);
    if (change.place === 'disk') this.#volatile.delete(key);
    else if (change.place === 'volatile' && current) this.#volatile.set(key, current);
    else if (current) this.#memory.set(key, current);
    else this.#memory.delete(key);
  }

  /** Volatile values that would be lost with the process. */
  volatile(): readonly Current[] {
    return [...this.#volatile.values()];
  }

  /** Everything under `prefix`, in no order. */
  under(prefix: string): Current[] {
    const found: Current[] = [];
    for (const part of [this.#memory, this.#volatile]) {
      for (const current of part.values()) if (current.key.startsWith(prefix)) found.push(current);
    }
    return found;
  }
}
