import type { Duplex } from 'node:stream';
import { ApiError } from '../../../api/meta/errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { AttachRequest, StreamFrame } from '../../../rpc/messages.ts';
import { CHANNEL, resizeFrame } from '../channel-protocol.ts';
import type { CommandClient } from '../relay-command.ts';
import { RST } from './frame.ts';
import { SpdySession, type SpdyStream } from './session.ts';

type StreamType = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

/** kubelet's own limit (remotecommand, DefaultStreamCreationTimeout). */
const CREATION_TIMEOUT_MS = 30_000;
/** For the client to close after the last frame. */
const CLOSE_TIMEOUT_MS = 5_000;

function wantedStreams({ stdin, stdout, stderr, tty }: AttachRequest): StreamType[] {
  const wanted: [StreamType, boolean][] = [
    ['error', true],
    ['stdin', stdin],
    ['stdout', stdout],
    ['stderr', stderr],
    ['resize', tty],
  ];
  return wanted.filter(([, isWanted]) => isWanted).map(([type]) => type);
}

/** exec and attach over SPDY: a stream each for error, stdin, stdout, stderr and resize. */
export class SpdyCommandClient implements CommandClient {
  readonly closed: AbortSignal;
  readonly #session: SpdySession;
  readonly #clock: Clock;
  readonly #streams = new Map<string, SpdyStream>();
  readonly #wanted: readonly StreamType[];
  readonly #complete = Promise.withResolvers<void>();
  readonly #over: Promise<void>;

  /** Waits until the client has opened the streams it asked for. @throws ApiError Timeout when it does not within 30 s. */
  static async open(connection: Duplex, request: AttachRequest, clock: Clock): Promise<SpdyCommandClient> {
    const client = new SpdyCommandClient(connection, request, clock);
    const cancelTimer = clock.after(CREATION_TIMEOUT_MS, () =>
      client.#complete.reject(new ApiError('Timeout', 'timed out waiting for client to create streams')),
    );
    try {
      await client.#complete.promise;
      return client;
    } catch (error) {
      client.#session.destroy();
      throw error;
    } finally {
      cancelTimer();
    }
  }

  private constructor(connection: Duplex, request: AttachRequest, clock: Clock) {
    this.#clock = clock;
    this.#wanted = wantedStreams(request);
    this.#session = new SpdySession(connection, (stream) => this.#add(stream));
    this.closed = this.#session.closed;
    const isGone = () => this.#complete.reject(new ApiError('Timeout', 'the client is gone'));
    this.closed.addEventListener('abort', isGone, { once: true });
    // A client that breaks the protocol has lost its connection by that: `closed` tells.
    this.#over = this.#session.run().catch(() => undefined);
  }

  async forward(send: (frame: StreamFrame) => Promise<void>): Promise<void> {
    await Promise.all([this.#forwardStdin(send), this.#forwardSizes(send)]);
  }

  async write(channel: number, bytes: Uint8Array): Promise<void> {
    await this.#streams.get(channel === CHANNEL.stderr ? 'stderr' : 'stdout')?.write(bytes);
  }

  async finish(status: Uint8Array): Promise<void> {
    await this.#streams.get('error')?.write(status);
    for (const stream of this.#streams.values()) {
      stream.end();
      stream.discard();
    }
    this.#session.end();
    const cancelTimer = this.#clock.after(CLOSE_TIMEOUT_MS, () => this.#session.destroy());
    await this.#over;
    cancelTimer();
  }

  #add(stream: SpdyStream): void {
    const type = stream.headers.get('streamtype') ?? '';
    if (!this.#wanted.some((wanted) => wanted === type) || this.#streams.has(type))
      return void stream.reset(RST.protocolError);
    this.#streams.set(type, stream);
    if (type !== 'stdin' && type !== 'resize') stream.discard();
    if (this.#streams.size === this.#wanted.length) this.#complete.resolve();
  }

  async #forwardStdin(send: (frame: StreamFrame) => Promise<void>): Promise<void> {
    const stdin = this.#streams.get('stdin');
    if (!stdin) return;
    for await (const bytes of stdin) await send({ data: { channel: CHANNEL.stdin, data: bytes } });
    await send({ end: { channel: CHANNEL.stdin } });
  }

  /** One JSON text a line. */
  async #forwardSizes(send: (frame: StreamFrame) => Promise<void>): Promise<void> {
    let rest = '';
    for await (const bytes of this.#streams.get('resize') ?? []) {
      const lines = (rest + bytes.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const frame of lines.map(resizeFrame)) if (frame) await send(frame);
    }
  }
}
