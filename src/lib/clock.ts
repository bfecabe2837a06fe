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

/** The longest wait of one of Node's timers: told to wait longer, it waits 1 ms (Node.js, timers, setTimeout). */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A wait of any length, in as many timers as it takes: 30 days are one of 2,147,483,647 ms and one of the rest. */
function after(ms: number, run: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number) => {
    timer =
      leftMs > MAX_TIMER_MS ? setTimeout(() => arm(leftMs - MAX_TIMER_MS), MAX_TIMER_MS) : setTimeout(run, leftMs);
  };
  arm(ms);
  return () => clearTimeout(timer);
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  after,
};

/** The first and the last moment that RFC 3339, whose years have four digits, has words for. */
const FIRST_RFC3339: Millis = Date.parse('0000-01-01T00:00:00.000Z');
export const LAST_RFC3339: Millis = Date.parse('9999-12-31T23:59:59.999Z');

/** RFC 3339 to the second, as metav1.Time prints it. What lies beyond its years is told as their border. */
export function toRfc3339(at: Millis): string {
  return `${toIso(at).slice(0, 19)}Z`;
}

/** RFC 3339 with microseconds, as metav1.MicroTime prints it; within the same years. */
export function toRfc3339Micro(at: Millis): string {
  return `${toIso(at).slice(0, 23)}000Z`;
}

/** Beyond those years a Date prints a sign and six digits, which no client of Kubernetes reads, and soon it throws. */
function toIso(at: Millis): string {
  return new Date(Math.min(Math.max(at, FIRST_RFC3339), LAST_RFC3339)).toISOString();
}
