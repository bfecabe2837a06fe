import type { WebSocket } from 'ws';
import { badRequest } from '../../api/meta/errors.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';

/** What a log's bytes come in. Without an offer they come as they are. Source: apiserver, httpstream/wsstream, NewDefaultReaderProtocols. */
const PROTOCOLS = ['binary.k8s.io', 'base64.binary.k8s.io'] as const;
const NORMAL_CLOSURE = 1000;

export type LogProtocol = '' | (typeof PROTOCOLS)[number];

/** The first protocol on offer that is served, '' when nothing is offered. @throws ApiError BadRequest when none of them is */
export function chooseLogProtocol(offered: readonly string[]): LogProtocol {
  if (offered.length === 0) return '';
  for (const name of offered) {
    const served = PROTOCOLS.find((protocol) => protocol === name);
    if (served) return served;
  }
  throw badRequest(
    `unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${PROTOCOLS.join(' ')}]`,
  );
}

/** A message as the protocol has it: bytes, or text of them. */
export function logMessage(protocol: LogProtocol, bytes: Uint8Array): Uint8Array | string {
  return protocol === 'base64.binary.k8s.io' ? Buffer.from(bytes).toString('base64') : bytes;
}

/** Sends a log, a message for each piece of it, and closes when it has ended. @param stream nothing for a pod without a node */
export async function sendLog(
  socket: WebSocket,
  protocol: LogProtocol,
  stream: FrameStream | undefined,
): Promise<void> {
  // A client that breaks the protocol or the line: the stream's signal ends it.
  socket.on('error', () => {});
  try {
    for await (const { data, result } of stream ?? []) {
      if (data) await send(socket, logMessage(protocol, data.data));
      if (result) break;
    }
    socket.close(NORMAL_CLOSURE);
  } finally {
    stream?.end();
  }
}

/** Settles when the kernel has the message: nobody collects a log faster than it is read. */
function send(socket: WebSocket, message: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => socket.send(message, (error) => (error ? reject(error) : resolve())));
}
