import type { Duplex } from 'node:stream';
import type { Pod } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { FrameStream } from '../../../rpc/frame-stream.ts';
import { parseStatus } from '../node-stream.ts';
import { RST } from './frame.ts';
import { SpdySession, type SpdyStream } from './session.ts';

const UP = 0;
/** kubelet's own limit for the second stream of a pair (portforward, DefaultStreamCreationTimeout). */
const PAIR_TIMEOUT_MS = 30_000;

export interface PortForwarderOptions {
  readonly pod: Pod;
  /** Opens one connection to the pod. */
  readonly open: (port: number, signal: AbortSignal) => Promise<FrameStream>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Pair {
  readonly streams: Map<'error' | 'data', SpdyStream>;
  readonly cancelTimer: () => void;
}

/** A port-forward session: for each TCP connection of the client a pair of streams, one for bytes and one for what goes wrong. */
export class PortForwarder {
  readonly #options: PortForwarderOptions;
  readonly #session: SpdySession;
  readonly #pairs = new Map<string, Pair>();

  constructor(connection: Duplex, options: PortForwarderOptions) {
    this.#options = options;
    this.#session = new SpdySession(connection, (stream) => this.#add(stream));
  }

  /** Serves until the client closes the connection or the signal aborts. @throws SpdyError */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#session.destroy();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await this.#session.run();
    } finally {
      signal.removeEventListener('abort', stop);
      for (const { cancelTimer } of this.#pairs.values()) cancelTimer();
    }
  }

  #add(stream: SpdyStream): void {
    const place = placeOf(stream);
    if (!place) return void stream.reset(RST.protocolError);
    const pair = this.#pairs.get(place.requestId) ?? this.#newPair(place.requestId);
    if (pair.streams.has(place.type)) return void stream.reset(RST.protocolError);
    pair.streams.set(place.type, stream);
    const [error, data] = [pair.streams.get('error'), pair.streams.get('data')];
    if (!error || !data) return;
    pair.cancelTimer();
    this.#pairs.delete(place.requestId);
    error.discard();
    void this.#serve(error, data, place.port);
  }

  #newPair(requestId: string): Pair {
    const streams: Pair['streams'] = new Map();
    const cancelTimer = this.#options.clock.after(PAIR_TIMEOUT_MS, () => {
      this.#pairs.delete(requestId);
      for (const stream of streams.values()) stream.reset(RST.cancel);
    });
    const pair = { streams, cancelTimer };
    this.#pairs.set(requestId, pair);
    return pair;
  }

  async #serve(error: SpdyStream, data: SpdyStream, port: number): Promise<void> {
    const { pod, open, log } = this.#options;
    try {
      const node = await open(port, data.broken);
      await relay(data, node);
    } catch (err) {
      const { name, uid } = pod.metadata;
      log.debug({ pod: `${pod.metadata.namespace}/${name}`, port, err }, 'a forwarded connection failed');
      const why = err instanceof Error ? err.message : String(err);
      await error.write(Buffer.from(`error forwarding port ${port} to pod ${name}, uid ${uid}: ${why}`));
    } finally {
      data.end();
      data.discard();
      error.end();
    }
  }
}

/** @throws Error that the client is to be told. */
async function relay(data: SpdyStream, node: FrameStream): Promise<void> {
  const up = async () => {
    for await (const bytes of data) await node.write({ data: { channel: UP, data: bytes } });
    await node.write({ end: { channel: UP } });
  };
  // A node that takes nothing any more has ended: the other direction tells.
  up().catch(() => undefined);
  try {
    for await (const frame of node) {
      if (frame.data) await data.write(frame.data.data);
      if (frame.end) data.end();
      if (!frame.result) continue;
      const { status, message } = parseStatus(frame.result.status);
      if (status !== 'Success') throw new Error(message ?? 'the node gave no reason');
      return;
    }
  } catch (error) {
    // The client broke the connection off itself.
    if (!data.broken.aborted) throw error;
  } finally {
    node.end();
  }
}

/** Which half of which pair for which port; undefined for a stream that kubectl would not open. */
function placeOf({ id, headers }: SpdyStream) {
  const type = headers.get('streamtype');
  const port = Number(headers.get('port'));
  if ((type !== 'error' && type !== 'data') || !Number.isInteger(port) || port < 1 || port > 65535) return undefined;
  // Clients that number no requests open the error stream right before that of the data.
  const requestId = headers.get('requestid') ?? `${type === 'error' ? id : id - 2}`;
  return { type, port, requestId } as const;
}
