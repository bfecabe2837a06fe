/** Runs one task at a time for each key, in the order they came; different keys do not wait for each other. */
export class KeyedLock<K> {
  readonly #tails = new Map<K, Promise<unknown>>();

  /** @returns what `task` returns; its error reaches this caller alone. */
  run<T>(key: K, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    this.#tails.set(key, mine);
    const forget = () => {
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }
}
