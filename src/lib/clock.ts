/** Milliseconds since 1970. */
export type Millis = number;

/** Where time comes from, so that tests wind it by hand. */
export interface Clock {
  now(): Millis;
  /** Milliseconds since some moment. It never jumps, whatever becomes of the date: how long something lasted is told by this. */
  monotonic(): Millis;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. Does not keep the process alive by itself. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once after `ms`. @returns cancels it; harmless when it has run. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** RFC 3339 to the second, as metav1.Time prints it. */
export function toRfc3339(at: Millis): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with microseconds, as metav1.MicroTime prints it. */
export function toRfc3339Micro(at: Millis): string {
  return `${new Date(at).toISOString().slice(0, 23)}000Z`;
}
