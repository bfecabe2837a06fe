import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError } from '../api/meta/errors.ts';
import { fromServiceError } from './status.ts';

/** What the client's and the server's calls of grpc-js have in common. */
export type DuplexCall = Pick<Readable, 'read'> & {
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
  readonly #closing = new AbortController();
  #waiters: Waiter[] = [];
  #news = Promise.withResolvers<void>();
  #isAtEnd = false;
  /** Why reading fails after what has arrived; undefined when the other side ended in good order. */
  #failure: ApiError | undefined;
  /** Why writing fails. */
  #broken: ApiError | undefined;

  /** @param giveUp breaks the call off towards the other side. */
  constructor(call: DuplexCall, giveUp: (reason: string) => void) {
    this.#call = call;
    this.#giveUp = giveUp;
    this.closed = this.#closing.signal;
    call.on('readable', () => this.#news.resolve());
    call.on('end', () => {
      this.#isAtEnd = true;
      this.#news.resolve();
    });
    call.on('drain', () => this.#release());
    call.on('error', (error) => this.#fail(fromServiceError(error)));
    // Of a server's call: the other side broke it off, or its connection is lost. (Also comes after our own end.)
    call.on('cancelled', () => this.#fail(new ApiError('ServiceUnavailable', 'the other side is gone')));
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
    this.#fail(new ApiError('ServiceUnavailable', reason));
  }

  [Symbol.asyncIterator](): AsyncIterator<In> {
    return { next: () => this.#next() };
  }

  /** Not Readable's own iterator: that destroys a call at the first error, before grpc-js has sent the status it ends with. */
  async #next(): Promise<IteratorResult<In>> {
    while (true) {
      this.#news = Promise.withResolvers<void>();
      const message: In | null = this.#call.read();
      if (message !== null) return { done: false, value: message };
      // A call that is broken off looks ended first: the turn after tells.
      if (this.#isAtEnd) await nextTurn();
      if (this.#failure) throw this.#failure;
      if (this.#isAtEnd) return { done: true, value: undefined };
      await this.#news.promise;
    }
  }

  #release(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
  }

  #fail(error: ApiError): void {
    this.#failure ??= error;
    this.#news.resolve();
    this.#break(error);
  }

  #break(error: ApiError): void {
    this.#broken ??= error;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(this.#broken);
    this.#closing.abort(this.#broken);
  }
}
