import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ApiError } from '../../api/meta/errors.ts';
import type { Pod } from '../../api/types.ts';
import { writeTo } from '../../lib/write-to.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { ObservedContainer } from '../runtime/runtime.ts';

const UP = 0;
const DOWN = 1;

/**
 * Where a pod's servers are reached from its node: by the pod's address, with hostNetwork on the node itself.
 * A server that listens on the pod's 127.0.0.1 alone is out of reach: that takes entering the pod's network namespace.
 * @throws ApiError InternalError when the pod's network is not up.
 */
export function forwardHost(pod: Pod, observed: readonly ObservedContainer[]): string {
  const sandbox = observed.find(({ role, state }) => role === 'sandbox' && state === 'running');
  if (!sandbox) throw new ApiError('InternalError', `the sandbox of pod "${pod.metadata.name}" is not running`);
  return pod.spec.hostNetwork ? '127.0.0.1' : sandbox.ip;
}

/**
 * Relays one TCP connection to a pod until the pod ends it.
 * @param ready tells the master that the connection stands.
 * @throws ApiError InternalError when it cannot be made; one that breaks later just ends, as TCP tells both ends.
 */
export async function servePortForward(
  to: { readonly host: string; readonly port: number; readonly hostNetwork: boolean },
  stream: FrameStream,
  ready: () => Promise<void>,
): Promise<void> {
  const socket = await dial(to, stream.closed);
  const letGo = () => void socket.destroy();
  socket.on('error', letGo);
  stream.closed.addEventListener('abort', letGo, { once: true });
  try {
    await ready();
    void relayUp(stream, socket);
    // When the pod has said all, it is over: kubectl itself ends its side then, whatever is left to be said to the pod.
    await relayDown(socket, stream);
    await stream.write({ end: { channel: DOWN } });
  } finally {
    stream.closed.removeEventListener('abort', letGo);
    letGo();
  }
}

async function dial(
  to: { readonly host: string; readonly port: number; readonly hostNetwork: boolean },
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port } = to;
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const hint = to.hostNetwork
      ? ''
      : " (a server must listen on the pod's address or 0.0.0.0, not on 127.0.0.1 alone)";
    throw new ApiError(
      'InternalError',
      `failed to connect to ${host}:${port}: ${REASONS[why] ?? why}${hint}`,
      {},
      { cause: error },
    );
  }
}

/** The kernel's own words for what happens to a dial. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
};

/** Reads to the end also what the pod does not take any more: only so does the call end. */
async function relayUp(stream: FrameStream, socket: Socket): Promise<void> {
  try {
    for await (const frame of stream) {
      if (frame.data?.channel === UP) await writeTo(socket, frame.data.data);
      if (frame.end?.channel === UP && socket.writable) socket.end();
    }
  } catch {
    // The stream broke: `closed` has let go of the socket already.
  }
}

async function relayDown(socket: Socket, stream: FrameStream): Promise<void> {
  const iterator = socket[Symbol.asyncIterator]();
  for (;;) {
    // A connection that broke is one that ended: what it had to say has been sent.
    const next = await iterator.next().catch(() => ({ done: true, value: undefined }) as const);
    if (next.done) return;
    await stream.write({ data: { channel: DOWN, data: next.value } });
  }
}
