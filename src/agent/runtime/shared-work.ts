interface Running<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  waiters: number;
}

/** Runs work once per key for all who ask while it runs. It is aborted when the last of them has given up. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /** @throws what the work threw, or the signal's reason when this caller gave up. */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const running = this.#running.get(key) ?? this.#begin(key, work);
    running.waiters += 1;
    const givenUp = Promise.withResolvers<never>();
    const onAbort = () => givenUp.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([running.result, givenUp.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      running.waiters -= 1;
      if (running.waiters === 0) this.#end(key, running);
    }
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abort = new AbortController();
    const result = work(abort.signal);
    result.catch(() => undefined); // every waiter has its own rejection; the last one may be gone
    const running = { result, abort, waiters: 0 };
    this.#running.set(key, running);
    return running;
  }

  #end(key: string, running: Running<T>): void {
    running.abort.abort();
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
