import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../../lib/logger.ts';
import type { Responder } from './responder.ts';

/** A connection that says nothing for so long is closed (RFC 7766, 6.2.3). */
const IDLE_MS = 10_000;
const MAX_CONNECTIONS = 256;

/** Listens for queries over UDP and TCP on one address. */
export class DnsServer {
  readonly #responder: Responder;
  readonly #log: Logger;
  readonly #connections = new Set<Socket>();
  #udp: UdpSocket | undefined;
  #tcp: Server | undefined;

  constructor(responder: Responder, log: Logger) {
    this.#responder = responder;
    this.#log = log;
  }

  /** @throws Error EADDRNOTAVAIL while the address is not this machine's, EADDRINUSE */
  async listen(address: string, port: number): Promise<void> {
    await this.close();
    const udp = createSocket('udp4');
    const tcp = createServer((socket) => this.#serve(socket));
    tcp.maxConnections = MAX_CONNECTIONS;
    try {
      await new Promise<void>((done, fail) => udp.once('error', fail).bind(port, address, done));
      await new Promise<void>((done, fail) => tcp.once('error', fail).listen(port, address, done));
    } catch (error) {
      udp.close();
      tcp.close();
      throw error;
    }
    udp.removeAllListeners('error').on('error', (err) => this.#log.warn({ err }, 'a DNS socket failed'));
    tcp.removeAllListeners('error').on('error', (err) => this.#log.warn({ err }, 'a DNS listener failed'));
    udp.on('message', (message, from) => void this.#answer(udp, message, from));
    [this.#udp, this.#tcp] = [udp, tcp];
  }

  async close(): Promise<void> {
    const [udp, tcp] = [this.#udp, this.#tcp];
    this.#udp = undefined;
    this.#tcp = undefined;
    udp?.close();
    for (const socket of this.#connections) socket.destroy();
    if (tcp) await new Promise((done) => tcp.close(done));
  }

  async #answer(socket: UdpSocket, message: Buffer, from: RemoteInfo): Promise<void> {
    try {
      const answer = await this.#responder.respond(message, 'udp');
      // A client that is gone, or a socket that was closed meanwhile, is nobody's concern.
      if (answer && socket === this.#udp) socket.send(answer, from.port, from.address, () => {});
    } catch (err) {
      this.#log.warn({ err }, 'could not answer a DNS query');
    }
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy()); // it broke off
    socket.once('close', () => this.#connections.delete(socket));
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const message = received.subarray(2, end);
        received = received.subarray(end);
        void this.#answerStream(socket, message);
      }
    });
  }

  async #answerStream(socket: Socket, message: Buffer): Promise<void> {
    try {
      const answer = await this.#responder.respond(message, 'tcp');
      if (!answer) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      if (socket.writable) socket.write(Buffer.concat([length, answer]));
    } catch (err) {
      this.#log.warn({ err }, 'could not answer a DNS query');
      socket.destroy();
    }
  }
}
