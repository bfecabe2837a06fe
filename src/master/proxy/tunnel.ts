import { Duplex } from 'node:stream';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { StreamFrame } from '../../rpc/messages.ts';

const UP = 0;

/** One TCP connection that a node carries, as a stream of bytes for whoever speaks a protocol over it. */
export class Tunnel extends Duplex {
  readonly #stream: FrameStream;
  readonly #frames: AsyncIterator<StreamFrame>;
  #isReading = false;
  #hasEnded = false;

  constructor(stream: FrameStream) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.#frames = stream[Symbol.asyncIterator]();
    // A node that is lost is told by reading, too, but only to who reads.
    const lost = () => {
      if (!this.#hasEnded && !this.#isReading) this.destroy(stream.closed.reason as Error);
    };
    stream.closed.addEventListener('abort', lost, { once: true });
  }

  override _read(): void {
    if (!this.#isReading && !this.#hasEnded) void this.#pump();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#stream.write({ data: { channel: UP, data: chunk } }).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    // A connection that the other side has ended takes no end.
    this.#stream.write({ end: { channel: UP } }).then(
      () => done(),
      () => done(),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#hasEnded) this.#stream.end();
    else this.#stream.cancel('the connection is closed');
    done(error);
  }

  async #pump(): Promise<void> {
    this.#isReading = true;
    try {
      for (;;) {
        const { done, value } = await this.#frames.next();
        if (done || value.end || value.result) {
          this.#hasEnded = true;
          this.push(null);
          return;
        }
        if (value.data && !this.push(value.data.data)) return;
      }
    } catch (error) {
      this.destroy(error as Error);
    } finally {
      this.#isReading = false;
    }
  }
}
