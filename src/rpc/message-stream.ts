import type { Readable } from 'node:stream';
import { ApiError } from '../api/meta/errors.ts';
import { fromServiceError } from './status.ts';

/** What the client's and the server's calls of grpc-js have in common. */
export type DuplexCall = Pick<Readable, 'iterator'> & {
  on(event: string, listener: (argument: unknown) => void): unknown;
  write(message: unknown): boolean;
  end(): unknown;
};

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * One end of a bidirectional call: messages in by iteration, out by `write`, both with HTTP/2's flow control behind them.
 * Iteration may stop and go on later with another `for await`; leaving a loop does not break the stream.
 * FrameStream is one of these with StreamFrames both ways.
 */
export class MessageStream<In, Out> implements AsyncIterable<In> {
  /** Aborted when the stream is over, however it ended. */
  readonly closed: AbortSignal;
  readonly #call: DuplexCall;
  readonly #giveUp: (reason: string) => void;
  readonly #messages: AsyncIterator<In>;
  readonly #closing = new AbortController();
  #waiters: Waiter[] = [];
  #broken: ApiError | undefined;

  /** @param giveUp breaks the call off towards the other side. */
  constructor(call: DuplexCall, giveUp: (reason: string) => void) {
    this.#call = call;
    this.#giveUp = giveUp;
    this.closed = this.#closing.signal;
    this.#messages = call.iterator({ destroyOnReturn: false }) as AsyncIterator<In>;
    call.on('drain', () => this.#release());
    call.on('error', (error) => this.#break(fromServiceError(error)));
    // Of a server's call: the other side broke it off, or its connection is lost. (Also comes after our own end.)
    call.on('cancelled', () => this.#break(new ApiError('ServiceUnavailable', 'the other side is gone')));
    // Of a client's call: the server has ended it.
    call.on('status', () => this.#break(new ApiError('ServiceUnavailable', 'the stream has ended')));
    call.on('close', () => this.#break(new ApiError('ServiceUnavailable', 'the stream is closed')));
  }

  /** Resolves when the transport takes more; rejects with an ApiError when the stream is broken or over. */
  async write(message: Out): Promise<void> {
    if (this.#broken) throw this.#broken;
    if (this.#call.write(message)) return;
    await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Ends our side after what was written. On the master this ends the whole call: an agent half-closes with ChannelEnd. */
  end(): void {
    if (!this.#broken) this.#call.end();
  }

  cancel(reason: string): void {
    if (this.#broken) return;
    this.#giveUp(reason);
    this.#break(new ApiError('ServiceUnavailable', reason));
  }

  [Symbol.asyncIterator](): AsyncIterator<In> {
    return { next: () => this.#next() };
  }

  async #next(): Promise<IteratorResult<In>> {
    try {
      return await this.#messages.next();
    } catch (error) {
      // A destroyed Readable only says "premature close"; why it was destroyed is kept here.
      throw this.#broken ?? fromServiceError(error);
    }
  }

  #release(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
  }

  #break(error: ApiError): void {
    this.#broken ??= error;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(this.#broken);
    this.#closing.abort(this.#broken);
  }
}
