import type { Socket } from 'node:net';

/** Of one connection under way at once: a resolver that shares one for many clients needs some, nobody needs thousands. */
const MAX_PENDING = 16;

/**
 * The queries that come over one TCP connection, each after two bytes with its length (RFC 1035, 4.2.2). They are answered at the same
 * time and in any order (RFC 7766, 6.2.1.1). No more is read while answers wait for the client or for other servers: what a client
 * sends and does not fetch stays in its own memory.
 */
export class QueryStream {
  readonly #socket: Socket;
  readonly #answer: (message: Buffer) => Promise<Buffer | undefined>;
  /** Never much more than one message and one chunk: nothing is read before it is taken from here. */
  #received: Buffer = Buffer.alloc(0);
  #pending = 0;

  /** @param answer gives the answer to a query, or undefined, which ends the connection; it never rejects */
  constructor(socket: Socket, answer: (message: Buffer) => Promise<Buffer | undefined>) {
    this.#socket = socket;
    this.#answer = answer;
  }

  start(): void {
    this.#socket.on('drain', () => this.#takeOn());
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#takeOn();
    });
  }

  get #hasRoom(): boolean {
    return this.#pending < MAX_PENDING && !this.#socket.writableNeedDrain;
  }

  /** Begins with what has been received as far as there is room, and reads on only when some is left. */
  #takeOn(): void {
    if (this.#socket.destroyed) return;
    while (this.#hasRoom) {
      const message = this.#nextMessage();
      if (!message) break;
      void this.#serve(message);
    }
    if (this.#hasRoom) this.#socket.resume();
    else this.#socket.pause();
  }

  #nextMessage(): Buffer | undefined {
    if (this.#received.length < 2) return undefined;
    const end = 2 + this.#received.readUInt16BE(0);
    if (this.#received.length < end) return undefined;
    const message = this.#received.subarray(2, end);
    this.#received = this.#received.subarray(end);
    return message;
  }

  async #serve(message: Buffer): Promise<void> {
    this.#pending += 1;
    const answer = await this.#answer(message);
    this.#pending -= 1;
    if (!answer) {
      this.#socket.destroy();
      return;
    }
    const length = Buffer.alloc(2);
    length.writeUInt16BE(answer.length);
    if (this.#socket.writable) this.#socket.write(Buffer.concat([length, answer]));
    this.#takeOn();
  }
}
