import { randomBytes } from 'node:crypto';
import { ApiError, forbidden, notFound } from '../../api/meta/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { OpenStream } from '../../rpc/messages.ts';
import type { Peer } from '../../rpc/server.ts';

const DIAL_TIMEOUT_MS = 10_000;

interface Pending {
  readonly nodeName: string;
  readonly resolve: (stream: FrameStream) => void;
}

/** Brings together a stream that was asked of a node and the call by which that node's agent dials in for it. */
export class StreamBroker {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Asks a node for a stream and waits for its agent to dial in.
   * @param send tells the agent; rejects when the node's session is broken.
   * @throws ApiError Timeout when the agent does not dial within 10 s; the signal's reason when aborted.
   */
  async open(
    nodeName: string,
    options: {
      readonly request: Omit<OpenStream, 'streamId'>;
      readonly send: (open: OpenStream) => Promise<void>;
      readonly signal: AbortSignal;
    },
  ): Promise<FrameStream> {
    const { request, send, signal } = options;
    signal.throwIfAborted();
    const streamId = randomBytes(24).toString('base64url');
    const dialled = Promise.withResolvers<FrameStream>();
    this.#pending.set(streamId, { nodeName, resolve: dialled.resolve });
    const onAbort = () => dialled.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const cancelTimer = this.#clock.after(DIAL_TIMEOUT_MS, () =>
      dialled.reject(new ApiError('Timeout', `node "${nodeName}" did not open the stream within 10 s`)),
    );
    try {
      send({ ...request, streamId }).catch(dialled.reject);
      return await dialled.promise;
    } finally {
      this.#pending.delete(streamId);
      cancelTimer();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /**
   * An agent has dialled in: its first frame says for which stream.
   * @throws ApiError NotFound when nobody waits for that stream (any more), Forbidden when it was asked of another node.
   */
  async accept(peer: Peer, stream: FrameStream): Promise<void> {
    const cancelTimer = this.#clock.after(DIAL_TIMEOUT_MS, () => stream.cancel('no hello within 10 s'));
    const first = await stream[Symbol.asyncIterator]().next();
    cancelTimer();
    const streamId = first.done ? '' : (first.value.hello?.streamId ?? '');
    const pending = this.#pending.get(streamId);
    const resource = { group: '', plural: 'streams' };
    if (!pending) throw notFound(resource, streamId);
    if (pending.nodeName !== peer.nodeName) throw forbidden(resource, streamId, 'it was asked of another node');
    this.#pending.delete(streamId);
    pending.resolve(stream);
  }
}
