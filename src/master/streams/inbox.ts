/** Items on their way from whoever pushes them to one reader; `onEmpty` tells when the reader has taken the last. */
export class Inbox<T> implements AsyncIterable<T> {
  readonly #onEmpty: () => void;
  #items: T[] = [];
  #isEnded = false;
  #news = Promise.withResolvers<void>();

  constructor(onEmpty: () => void = () => {}) {
    this.#onEmpty = onEmpty;
  }

  push(item: T): void {
    if (this.#isEnded) return;
    this.#items.push(item);
    this.#news.resolve();
  }

  /** What was pushed before is still read. */
  end(): void {
    this.#isEnded = true;
    this.#news.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length > 0) continue;
      this.#onEmpty();
      if (this.#isEnded) return;
      this.#news = Promise.withResolvers();
      await this.#news.promise;
    }
  }
}
