import { writeTo } from '../../lib/write-to.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { PodConnection } from './pod-connection.ts';

const UP = 0;
const DOWN = 1;

/**
 * Carries one TCP connection to a pod until the pod ends it, and lets go of it however that comes.
 * @param ready tells the master that the connection stands.
 * @throws ApiError when the stream broke; a connection that breaks just ends, as TCP tells both ends.
 */
export async function servePortForward(
  connection: PodConnection,
  stream: FrameStream,
  ready: () => Promise<void>,
): Promise<void> {
  const letGo = () => connection.close();
  stream.closed.addEventListener('abort', letGo, { once: true });
  if (stream.closed.aborted) letGo();
  try {
    await ready();
    void relayUp(stream, connection);
    // When the pod has said all, it is over: kubectl itself ends its side then, whatever is left to be said to the pod.
    await relayDown(connection, stream);
    await stream.write({ end: { channel: DOWN } });
  } finally {
    stream.closed.removeEventListener('abort', letGo);
    letGo();
  }
}

/** Reads to the end also what the pod does not take any more: only so does the call end. */
async function relayUp(stream: FrameStream, { up }: PodConnection): Promise<void> {
  try {
    for await (const frame of stream) {
      if (frame.data?.channel === UP) await writeTo(up, frame.data.data);
      if (frame.end?.channel === UP && up.writable) up.end();
    }
  } catch {
    // The stream broke: `closed` has let go of the connection already.
  }
}

async function relayDown({ down }: PodConnection, stream: FrameStream): Promise<void> {
  const iterator = down[Symbol.asyncIterator]();
  for (;;) {
    // A connection that broke is one that ended: what it had to say has been sent.
    const next = await iterator.next().catch(() => ({ done: true, value: undefined }) as const);
    if (next.done) return;
    await stream.write({ data: { channel: DOWN, data: next.value } });
  }
}
