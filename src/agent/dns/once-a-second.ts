import type { Clock, Millis } from '../../lib/clock.ts';

const SECOND_MS = 1_000;

/** Of a file that questions depend on, however many come: read again at the first question a second after it was read last. */
export function onceASecond<T>(read: () => Promise<T>, clock: Pick<Clock, 'monotonic'>): () => Promise<T> {
  let last: { readonly at: Millis; readonly value: Promise<T> } | undefined;
  return () => {
    const now = clock.monotonic();
    if (!last || now >= last.at + SECOND_MS) last = { at: now, value: read() };
    return last.value;
  };
}
