import { once } from 'node:events';
import type { WatchEvent, WatchSink } from '../verbs/watch.ts';
import type { HttpResponse } from './exchange.ts';
import type { WatchText } from './watch-text.ts';

/** So much may wait in memory for one slow client before its watch pauses. */
export const MAX_BUFFERED_BYTES = 512 * 1024;

/** Writes watch events as lines of JSON. */
export class WatchStream implements WatchSink {
  readonly #response: HttpResponse;
  readonly #text: WatchText;
  #isFull = false;

  constructor(response: HttpResponse, text: WatchText) {
    this.#response = response;
    this.#text = text;
  }

  open(): void {
    this.#response.statusCode = 200;
    this.#response.setHeader('Content-Type', 'application/json');
    this.#response.setHeader('Cache-Control', 'no-cache, private');
    this.#response.flushHeaders();
  }

  send(event: WatchEvent): boolean {
    if (this.#response.destroyed) return false;
    const isTaken = this.#response.write(`${this.#text.of(event)}\n`);
    if (!isTaken && !this.#isFull) {
      this.#isFull = true;
      this.#response.once('drain', () => (this.#isFull = false));
    }
    return !this.#isFull || this.#response.writableLength < MAX_BUFFERED_BYTES;
  }

  async drained(signal: AbortSignal): Promise<void> {
    if (this.#isFull) await once(this.#response, 'drain', { signal });
    signal.throwIfAborted();
  }
}
