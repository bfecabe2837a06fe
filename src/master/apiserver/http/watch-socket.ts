import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { WebSocketAcceptor } from '../../streams/websocket.ts';
import type { WatchEvent, WatchSink } from '../verbs/watch.ts';
import type { UpgradeExchange } from './handler.ts';
import { MAX_BUFFERED_BYTES } from './watch-stream.ts';
import type { WatchText } from './watch-text.ts';

const NORMAL_CLOSURE = 1000;

/**
 * Sends watch events over a WebSocket, each as one message of text; what the client sends is ignored.
 * Source: apiserver, endpoints/handlers, WatchServer.HandleWS.
 */
export class WatchSocket implements WatchSink {
  readonly #handshake: Pick<UpgradeExchange, 'request' | 'socket' | 'head'>;
  readonly #accept: WebSocketAcceptor;
  readonly #text: WatchText;
  readonly #left = new AbortController();
  /** Undefined before `open`, and after it when the client had gone already. */
  #webSocket: WebSocket | undefined;

  constructor(
    handshake: Pick<UpgradeExchange, 'request' | 'socket' | 'head'>,
    accept: WebSocketAcceptor,
    text: WatchText,
  ) {
    this.#handshake = handshake;
    this.#accept = accept;
    this.#text = text;
  }

  /** Aborted when a client that said goodbye was found out: its connection may stay for a while. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  open(): void {
    this.#accept(this.#handshake, (webSocket) => {
      // A client that breaks the protocol or the line: the connection's close ends the watch.
      webSocket.on('error', () => {});
      this.#webSocket = webSocket;
    });
    if (!this.#webSocket) this.#left.abort();
  }

  send(event: WatchEvent): boolean {
    const webSocket = this.#webSocket;
    if (!webSocket || webSocket.readyState !== webSocket.OPEN) {
      this.#left.abort();
      return false;
    }
    webSocket.send(this.#text.of(event));
    const { socket } = this.#handshake;
    return !socket.writableNeedDrain || socket.writableLength < MAX_BUFFERED_BYTES;
  }

  async drained(signal: AbortSignal): Promise<void> {
    const { socket } = this.#handshake;
    if (socket.writableNeedDrain) await once(socket, 'drain', { signal });
    signal.throwIfAborted();
  }

  /** The watch is over. The library cuts a client that does not answer. */
  close(): void {
    this.#webSocket?.close(NORMAL_CLOSURE);
  }
}
