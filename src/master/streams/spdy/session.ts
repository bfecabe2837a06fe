import type { Duplex } from 'node:stream';
import { writeTo } from '../../../lib/write-to.ts';
import { Inbox } from '../inbox.ts';
import { data, FrameParser, ping, RST, rstStream, type SpdyFrame, synReply } from './frame.ts';
import { EmptyHeaderEncoder, HeaderDecoder } from './headers.ts';

/** Unread bytes of one stream after which the connection is not read: kubectl knows no flow control per stream. */
const HIGH_WATER_BYTES = 256 * 1024;

/** What a stream needs of its session. */
interface Wire {
  send(frame: Buffer): Promise<void>;
  /** It holds too much that is not read. */
  fill(stream: SpdyStream): void;
  /** It has been read empty. */
  drain(stream: SpdyStream): void;
  forget(stream: SpdyStream): void;
}

/** One stream that the client opened. Iterate to read it, once. */
export class SpdyStream implements AsyncIterable<Buffer> {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
  /** Aborted when the client reset it or the session is over. */
  readonly broken: AbortSignal;
  readonly #wire: Wire;
  readonly #breaking = new AbortController();
  readonly #inbox: Inbox<Buffer>;
  #unreadBytes = 0;
  #isDiscarding = false;
  #hasTheirEnd = false;
  #hasOurEnd = false;

  constructor(id: number, headers: ReadonlyMap<string, string>, wire: Wire) {
    this.id = id;
    this.headers = headers;
    this.broken = this.#breaking.signal;
    this.#wire = wire;
    this.#inbox = new Inbox(() => {
      this.#unreadBytes = 0;
      wire.drain(this);
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return this.#inbox[Symbol.asyncIterator]();
  }

  /** Nobody will read it. */
  discard(): void {
    this.#isDiscarding = true;
    this.#wire.drain(this);
  }

  /** Resolves when the connection takes more; nothing happens to bytes for a stream that is over. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#hasOurEnd && bytes.length > 0) await this.#wire.send(data(this.id, bytes, false));
  }

  /** Half-closes. */
  end(): void {
    if (this.#hasOurEnd) return;
    this.#hasOurEnd = true;
    void this.#wire.send(data(this.id, Buffer.alloc(0), true));
    this.#forgetIfOver();
  }

  /** Breaks it off both ways. */
  reset(status: number): void {
    void this.#wire.send(rstStream(this.id, status));
    this.break();
  }

  /** For the session: bytes have arrived. */
  take(bytes: Buffer, isFin: boolean): void {
    if (bytes.length > 0 && !this.#isDiscarding) {
      this.#inbox.push(bytes);
      this.#unreadBytes += bytes.length;
      if (this.#unreadBytes > HIGH_WATER_BYTES) this.#wire.fill(this);
    }
    if (!isFin) return;
    this.#hasTheirEnd = true;
    this.#inbox.end();
    this.#forgetIfOver();
  }

  /** For the session: the client broke it off, or all is over. */
  break(): void {
    this.#hasOurEnd = true;
    this.#inbox.end();
    this.#breaking.abort();
    this.#wire.drain(this);
    this.#wire.forget(this);
  }

  #forgetIfOver(): void {
    if (this.#hasOurEnd && this.#hasTheirEnd) this.#wire.forget(this);
  }
}

/** The server's end of a SPDY/3.1 connection: clients open streams, bytes go both ways on each. */
export class SpdySession {
  /** Aborted when the connection is over. */
  readonly closed: AbortSignal;
  readonly #connection: Duplex;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #closing = new AbortController();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #full = new Set<SpdyStream>();
  readonly #decoder = new HeaderDecoder();
  readonly #encoder = new EmptyHeaderEncoder();
  readonly #wire: Wire;
  #room = Promise.withResolvers<void>();

  /** @param onStream is called for each stream that the client opens. */
  constructor(connection: Duplex, onStream: (stream: SpdyStream) => void) {
    this.#connection = connection;
    this.#onStream = onStream;
    this.closed = this.#closing.signal;
    // Every stream that writes waits for the same connection.
    connection.setMaxListeners(0);
    connection.on('error', () => {});
    // Also while it is not read.
    connection.once('close', () => this.#close());
    this.#wire = {
      send: async (frame) => void (await writeTo(connection, frame)),
      fill: (stream) => void this.#full.add(stream),
      drain: (stream) => {
        this.#full.delete(stream);
        this.#room.resolve();
      },
      forget: (stream) => void this.#streams.delete(stream.id),
    };
  }

  /** Reads until the client closes the connection. @throws SpdyError when it breaks the protocol; the connection is cut then. */
  async run(): Promise<void> {
    const parser = new FrameParser();
    try {
      for await (const chunk of this.#connection) {
        for (const frame of parser.push(chunk)) await this.#handle(frame);
        await this.#untilRoom();
      }
    } catch (error) {
      // A connection that broke is one that closed.
      if (!this.#connection.destroyed) throw error;
    } finally {
      this.#connection.destroy();
      this.#close();
    }
  }

  /** Ends our side after what was written; `run` goes on until the client ends its own. */
  end(): void {
    this.#connection.end();
  }

  destroy(): void {
    this.#connection.destroy();
  }

  async #handle(frame: SpdyFrame): Promise<void> {
    switch (frame.type) {
      case 'synStream':
        return this.#open(frame);
      case 'data':
        return this.#streams.get(frame.streamId)?.take(frame.bytes, frame.isFin);
      case 'rstStream':
        return this.#streams.get(frame.streamId)?.break();
      case 'ping':
        // Odd ones are the client's questions; we ask none.
        if (frame.id % 2 === 1) await this.#wire.send(ping(frame.id));
        return;
      case 'goAway':
      case 'other':
        return;
    }
  }

  async #open({ streamId, isFin, headerBlock }: SpdyFrame & { type: 'synStream' }): Promise<void> {
    const headers = await this.#decoder.decode(headerBlock);
    if (this.#streams.has(streamId)) return void (await this.#wire.send(rstStream(streamId, RST.protocolError)));
    const stream = new SpdyStream(streamId, headers, this.#wire);
    this.#streams.set(streamId, stream);
    void this.#wire.send(synReply(streamId, this.#encoder.encode()));
    this.#onStream(stream);
    if (isFin) stream.take(Buffer.alloc(0), true);
  }

  async #untilRoom(): Promise<void> {
    while (this.#full.size > 0 && !this.closed.aborted) {
      this.#room = Promise.withResolvers();
      await this.#room.promise;
    }
  }

  #close(): void {
    for (const stream of [...this.#streams.values()]) stream.break();
    this.#decoder.close();
    this.#closing.abort();
    this.#room.resolve();
  }
}
