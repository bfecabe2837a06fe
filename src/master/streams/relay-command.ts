import { ApiError } from '../../api/meta/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { StreamFrame } from '../../rpc/messages.ts';

/** The client's end of an exec or attach, whichever protocol carries it. */
export interface CommandClient {
  /** Hands on stdin, its end and terminal sizes, waiting for `send` each time. Resolves when nothing more can come. */
  forward(send: (frame: StreamFrame) => Promise<void>): Promise<void>;
  /** Resolves when the client takes more. Bytes for a client that is gone go nowhere: `closed` tells. */
  write(channel: number, bytes: Uint8Array): Promise<void>;
  /** Tells how it ended and closes in good order. @param status JSON of a metav1.Status */
  finish(status: Uint8Array): Promise<void>;
  /** Aborted when the connection is over. */
  readonly closed: AbortSignal;
}

/** Relays between a client and a command on a node until one of them ends. Never rejects: the client is told what broke. */
export async function relayCommand(client: CommandClient, node: FrameStream, log: Logger): Promise<void> {
  const giveUp = () => node.cancel('the client is gone');
  client.closed.addEventListener('abort', giveUp, { once: true });
  if (client.closed.aborted) giveUp();
  // A node that takes nothing any more has ended: the other direction tells.
  client.forward((frame) => node.write(frame)).catch((err: unknown) => log.debug({ err }, 'stdin of a stream broke'));
  const status = await relayOutput(client, node).catch((err: unknown) => failure(err));
  client.closed.removeEventListener('abort', giveUp);
  node.end();
  if (!client.closed.aborted) await client.finish(status);
}

/** @returns the Status that the agent ended with. @throws ApiError when the stream broke before. */
async function relayOutput(client: CommandClient, node: FrameStream): Promise<Uint8Array> {
  for await (const { data, result } of node) {
    if (result) return result.status;
    if (data) await client.write(data.channel, data.data);
  }
  throw new ApiError('InternalError', 'the node ended the stream without saying how the command ended');
}

function failure(error: unknown): Uint8Array {
  const known = error instanceof ApiError ? error : new ApiError('InternalError', 'internal error');
  return Buffer.from(JSON.stringify(known.toStatus()));
}
