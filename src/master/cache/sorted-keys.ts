/** Keys that are always in order: among thousands of one kind those of a namespace are found without a look at the others. */
export class SortedKeys {
  readonly #keys: string[] = [];

  /** @param key that is not among them */
  add(key: string): void {
    this.#keys.splice(this.#placeOf(key), 0, key);
  }

  remove(key: string): void {
    const place = this.#placeOf(key);
    if (this.#keys[place] === key) this.#keys.splice(place, 1);
  }

  /** In order; '' is the beginning of all. */
  withPrefix(prefix: string): string[] {
    const start = this.#placeOf(prefix);
    let end = start;
    while (this.#keys[end]?.startsWith(prefix)) end++;
    return this.#keys.slice(start, end);
  }

  /** Of the first that is not before it. */
  #placeOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
