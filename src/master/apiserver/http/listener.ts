import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { HttpResponse } from './exchange.ts';
import type { RequestHandler } from './handler.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** PEM text. */
export interface TlsMaterial {
  readonly certPem: string;
  readonly keyPem: string;
  /** Whoever brings a certificate of this CA is who its subject says. */
  readonly caPem: string;
}

const MAX_HEADER_BYTES = 64 * 1024;
const MAX_STREAMS = 1000;
const DRAIN_MS = 5000;
const FIRST_BYTE_MS = 10_000;
const TLS_HANDSHAKE = 0x16;
const PLAIN_HTTP_ANSWER =
  'HTTP/1.0 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n' +
  'Client sent an HTTP request to an HTTPS server.\n';

export interface ListenerOptions {
  readonly handler: RequestHandler;
  readonly tls: TlsMaterial;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One port with TLS: HTTP/2 and HTTP/1.1, upgrades, and a sensible answer to who forgot the `s` of https. */
export class Listener {
  readonly #handler: RequestHandler;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #tls: Http2SecureServer;
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();
  /** Those that have not sent a byte yet. */
  readonly #silent = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #stopping = new AbortController();

  constructor({ handler, tls, clock, log }: ListenerOptions) {
    this.#handler = handler;
    this.#clock = clock;
    this.#log = log;
    // An exec's command line travels in the URL. The types of http1Options leave the limit out.
    const http1Options: object = { maxHeaderSize: MAX_HEADER_BYTES };
    this.#tls = createSecureServer({
      ...contextOf(tls),
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      http1Options,
      settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
    });
    this.#tcp = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#onSocket(socket));
    this.#wire();
  }

  /** The port that is listened on. */
  get port(): number {
    return (this.#tcp.address() as AddressInfo | null)?.port ?? 0;
  }

  listen({ host, port }: ListenAddress): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tcp.once('error', reject);
      this.#tcp.listen(port, host, () => {
        this.#tcp.off('error', reject);
        this.#tcp.on('error', (err) => this.#log.error({ err }, 'listener failed'));
        resolve();
      });
    });
  }

  /** New connections get the new certificate; those that are open stay. */
  renew(tls: TlsMaterial): void {
    this.#tls.setSecureContext(contextOf(tls));
  }

  /** Takes no more connections, ends long requests cleanly, and after a short while cuts what is left. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
    this.#stopping.abort();
    // It listens through our TCP server: closing it ends idle connections and lets HTTP/2 sessions finish.
    this.#tls.close();
    for (const socket of this.#silent) socket.destroy();
    const cancelCut = this.#clock.after(DRAIN_MS, () => this.#cut());
    await closed;
    cancelCut();
  }

  #wire(): void {
    const { signal } = this.#stopping;
    this.#tls.on('request', (request, response) => {
      // A kept-alive connection of HTTP/1.1 would outlast its last answer.
      response.once('finish', () => {
        if (signal.aborted && request.httpVersionMajor === 1) request.socket.end();
      });
      // It is there in both protocols; the types of HTTP/2 leave it out.
      void this.#handler.handle(request, response as typeof response & Pick<HttpResponse, 'flushHeaders'>, signal);
    });
    this.#tls.on('upgrade', (request, socket, head) => void this.#handler.upgrade(request, socket, head, signal));
    this.#tls.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      session.on('error', (err) => this.#log.debug({ err }, 'http2 session failed'));
    });
    this.#tls.on('sessionError', (err) => this.#log.debug({ err }, 'http2 session failed'));
    this.#tls.on('tlsClientError', (err) => this.#log.debug({ err }, 'TLS handshake failed'));
    this.#tls.on('clientError', (_err, socket) => socket.destroy());
  }

  #onSocket(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', (err) => this.#log.debug({ err }, 'connection failed'));
    this.#silent.add(socket);
    socket.once('close', () => this.#silent.delete(socket));
    socket.setTimeout(FIRST_BYTE_MS, () => socket.destroy());
    socket.once('data', (chunk) => {
      socket.setTimeout(0);
      this.#silent.delete(socket);
      if (chunk[0] !== TLS_HANDSHAKE) return void socket.end(PLAIN_HTTP_ANSWER);
      // The bytes go back where TLS finds them.
      socket.pause();
      socket.unshift(chunk);
      this.#tls.emit('connection', socket);
    });
  }

  #cut(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function contextOf({ certPem, keyPem, caPem }: TlsMaterial): { cert: string; key: string; ca: string } {
  return { cert: certPem, key: keyPem, ca: caPem };
}
