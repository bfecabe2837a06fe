import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { badRequest } from '../../api/meta/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { StreamFrame } from '../../rpc/messages.ts';
import type { UpgradeContext } from '../apiserver/connect.ts';
import { CHANNEL, type ChannelProtocol, decodeMessage, encodeMessage } from './channel-protocol.ts';
import { Inbox } from './inbox.ts';
import { parseStatus } from './node-stream.ts';
import type { CommandClient } from './relay-command.ts';

/** kubectl sends 32 KiB at most; other clients send all of a stdin at once. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** What goes on in one frame. */
const MAX_FRAME_BYTES = 64 * 1024;
/** Unread bytes after which the connection is not read. */
const HIGH_WATER_BYTES = 256 * 1024;
/** kubectl gives a connection up when it has heard no pong for a minute. */
const PONG_INTERVAL_MS = 10_000;
const NORMAL_CLOSURE = 1000;

/** Whether the client can be answered with a WebSocket at all. @throws ApiError BadRequest */
export function checkHandshake({ request }: Pick<UpgradeContext, 'request'>): void {
  if (request.method !== 'GET') throw badRequest('a WebSocket is asked for with GET');
  if (request.headers['sec-websocket-version'] !== '13') throw badRequest('Sec-WebSocket-Version must be 13');
  if (!/^[+/0-9A-Za-z]{22}==$/.test(request.headers['sec-websocket-key'] ?? ''))
    throw badRequest('Sec-WebSocket-Key is missing or malformed');
}

/** Answers 101. @param protocol the subprotocol to name, '' for none. */
export async function acceptWebSocket(context: UpgradeContext, protocol: string): Promise<WebSocket> {
  const accept = await webSocketAcceptor(protocol);
  return new Promise((resolve, reject) => {
    context.socket.once('close', () => reject(badRequest('the client is gone')));
    accept(context, resolve);
  });
}

/** Answers 101 and hands the WebSocket over before it returns; never, when the client is gone. */
export type WebSocketAcceptor = (
  handshake: Pick<UpgradeContext, 'request' | 'socket' | 'head'>,
  take: (socket: WebSocket) => void,
) => void;

/** For those that may not wait any more when it is time to answer. @param protocol the subprotocol to name, '' for none. */
export async function webSocketAcceptor(protocol: string): Promise<WebSocketAcceptor> {
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => protocol || false,
  });
  // An upgrade is always a request of HTTP/1.1.
  return ({ request, socket, head }, take) =>
    server.handleUpgrade(request as IncomingMessage, socket, head, (webSocket) => take(webSocket));
}

/** The bytes inside a WebSocket's messages, whose borders mean nothing. */
export async function webSocketBytes(socket: WebSocket): Promise<Duplex> {
  const { createWebSocketStream } = await import('ws');
  return createWebSocketStream(socket);
}

/** exec and attach over a WebSocket. */
export class WebSocketClient implements CommandClient {
  readonly closed: AbortSignal;
  readonly #socket: WebSocket;
  readonly #protocol: ChannelProtocol;
  readonly #closing = new AbortController();
  readonly #inbox = new Inbox<StreamFrame>(() => this.#resume());
  #unreadBytes = 0;
  #cancelPong = () => {};

  constructor(socket: WebSocket, protocol: ChannelProtocol, clock: Clock) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.closed = this.#closing.signal;
    socket.on('message', (message: Buffer) => this.#take(message));
    // A client that breaks the protocol or the line: `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#cancelPong();
      this.#inbox.end();
      this.#closing.abort();
    });
    this.#keepAlive(clock);
  }

  async forward(send: (frame: StreamFrame) => Promise<void>): Promise<void> {
    for await (const frame of this.#inbox) await send(frame);
  }

  async write(channel: number, bytes: Uint8Array): Promise<void> {
    // Called back when the kernel has it, or with an error when nobody will.
    await new Promise<void>((resolve) =>
      this.#socket.send(encodeMessage(this.#protocol, channel, bytes), () => resolve()),
    );
  }

  async finish(status: Uint8Array): Promise<void> {
    if (this.#protocol.hasStatus) await this.write(CHANNEL.error, status);
    else await this.#writeText(status);
    const closed = new Promise((resolve) => this.closed.addEventListener('abort', resolve, { once: true }));
    // Whatever the client still sends is of no use: it must be read, though, to see its half of the close.
    this.#inbox.end();
    this.#socket.resume();
    this.#socket.close(NORMAL_CLOSURE);
    // The library cuts a client that does not answer.
    if (!this.closed.aborted) await closed;
  }

  async #writeText(status: Uint8Array): Promise<void> {
    const { status: outcome, message = '' } = parseStatus(status);
    if (outcome !== 'Success') await this.write(CHANNEL.error, Buffer.from(message));
  }

  #take(message: Buffer): void {
    const frame = decodeMessage(this.#protocol, message);
    if (!frame) return;
    for (const piece of split(frame)) this.#inbox.push(piece);
    this.#unreadBytes += message.length;
    if (this.#unreadBytes > HIGH_WATER_BYTES) this.#socket.pause();
  }

  #resume(): void {
    this.#unreadBytes = 0;
    this.#socket.resume();
  }

  /** While the connection is not read, pings go unanswered: pongs that nobody asked for keep a slow command's client. */
  #keepAlive(clock: Clock): void {
    this.#cancelPong = clock.after(PONG_INTERVAL_MS, () => {
      if (this.#socket.isPaused) this.#socket.pong(undefined, undefined, () => {});
      this.#keepAlive(clock);
    });
  }
}

function split(frame: StreamFrame): StreamFrame[] {
  const { data: whole } = frame;
  if (!whole || whole.data.length <= MAX_FRAME_BYTES) return [frame];
  const { channel, data } = whole;
  const count = Math.ceil(data.length / MAX_FRAME_BYTES);
  return Array.from({ length: count }, (_, index) => ({
    data: { channel, data: data.subarray(index * MAX_FRAME_BYTES, (index + 1) * MAX_FRAME_BYTES) },
  }));
}
