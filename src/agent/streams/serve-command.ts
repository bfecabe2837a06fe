import type { Clock } from '../../lib/clock.ts';
import { writeTo } from '../../lib/write-to.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { AttachRequest } from '../../rpc/messages.ts';
import type { AttachSession } from '../runtime/runtime.ts';
import { Resizer, type TerminalSize } from './resizer.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

export interface CommandParts {
  readonly session: AttachSession;
  readonly resize: (size: TerminalSize) => Promise<void>;
  readonly request: AttachRequest;
  readonly stream: FrameStream;
  readonly clock: Clock;
}

/**
 * Relays between a process and the master until both outputs of the process have ended; bytes are taken only as fast as the
 * other side takes them. Lets go of the engine's connection however it ends, and at once when the client is gone.
 * @throws ApiError when the stream broke, the engine's error when its connection did.
 */
export async function serveCommand(parts: CommandParts): Promise<void> {
  const { session, stream, request } = parts;
  const letGo = () => void session.connection.destroy();
  // Without a listener an end that nobody waits for would take the agent down.
  session.connection.on('error', letGo);
  stream.closed.addEventListener('abort', letGo, { once: true });
  if (stream.closed.aborted) letGo();
  // What arrives is read to its end even when the process takes nothing any more: only so does the call end.
  void relayInput(parts);
  try {
    await Promise.all([
      relayOutput(session.stdout, { channel: STDOUT, isWanted: request.stdout, stream }),
      relayOutput(session.stderr, { channel: STDERR, isWanted: request.stderr, stream }),
    ]);
  } finally {
    stream.closed.removeEventListener('abort', letGo);
    letGo();
  }
}

/** Reads an output to its end also when nobody wants it: one that is not read stalls the other. */
async function relayOutput(
  source: NodeJS.ReadableStream,
  to: { readonly channel: number; readonly isWanted: boolean; readonly stream: FrameStream },
): Promise<void> {
  for await (const chunk of source) {
    if (to.isWanted) await to.stream.write({ data: { channel: to.channel, data: Buffer.from(chunk) } });
  }
}

async function relayInput({ session, resize, request, stream, clock }: CommandParts): Promise<void> {
  const resizer = new Resizer(resize, clock);
  try {
    for await (const frame of stream) {
      if (frame.resize) resizer.resize(frame.resize);
      if (!request.stdin) continue;
      if (frame.data?.channel === STDIN) await writeTo(session.stdin, frame.data.data);
      if (frame.end?.channel === STDIN && session.stdin.writable) session.stdin.end();
    }
  } catch {
    // The stream broke: `closed` has let go of the process already.
  }
}
