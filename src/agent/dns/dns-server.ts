import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../../lib/logger.ts';
import { QueryStream } from './query-stream.ts';
import type { Responder } from './responder.ts';

/** A connection that says nothing for so long is closed (RFC 7766, 6.2.3). */
const IDLE_MS = 10_000;
const MAX_CONNECTIONS = 256;
/** Of these, so that one pod cannot hold them all. */
const MAX_CONNECTIONS_PER_CLIENT = 16;

/** Listens for queries over UDP and TCP on one address. */
export class DnsServer {
  readonly #responder: Pick<Responder, 'respond'>;
  readonly #log: Logger;
  readonly #connections = new Set<Socket>();
  #udp: UdpSocket | undefined;
  #tcp: Server | undefined;

  constructor(responder: Pick<Responder, 'respond'>, log: Logger) {
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
    socket.on('error', () => socket.destroy()); // it broke off
    const ofClient = [...this.#connections].filter(({ remoteAddress }) => remoteAddress === socket.remoteAddress);
    if (ofClient.length >= MAX_CONNECTIONS_PER_CLIENT) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.once('close', () => this.#connections.delete(socket));
    new QueryStream(socket, (message) => this.#answerStream(message)).start();
  }

  async #answerStream(message: Buffer): Promise<Buffer | undefined> {
    try {
      return await this.#responder.respond(message, 'tcp');
    } catch (err) {
      this.#log.warn({ err }, 'could not answer a DNS query');
      return undefined;
    }
  }
}
