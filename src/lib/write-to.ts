import { once } from 'node:events';

/** What Node's own streams have in common, also those that are only typed as NodeJS.WritableStream. */
type Target = Pick<NodeJS.WritableStream, 'writable' | 'write' | 'on' | 'off'>;

/**
 * Writes bytes and waits until the stream takes more, so that nobody buffers without bound.
 * @returns false when nobody takes bytes there any more: it was ended, destroyed or broke. Never rejects.
 */
export async function writeTo(target: Target, bytes: Uint8Array): Promise<boolean> {
  if (!target.writable) return false;
  if (target.write(bytes)) return true;
  const settled = new AbortController();
  const ends = ['drain', 'close', 'finish', 'error'].map((event) =>
    once(target as NodeJS.WritableStream, event, { signal: settled.signal }),
  );
  // An error is one of the ends: the stream's owner hears of it by itself.
  await Promise.race(ends).catch(() => undefined);
  settled.abort();
  await Promise.allSettled(ends);
  return target.writable;
}
