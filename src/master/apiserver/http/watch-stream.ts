import { once } from 'node:events';
import { representBookmark, representObject, type View } from '../table/represent.ts';
import type { WatchEvent, WatchSink } from '../verbs/watch.ts';
import type { HttpResponse } from './exchange.ts';

/** So much may wait in memory for one slow client before its watch pauses. */
const MAX_BUFFERED_BYTES = 512 * 1024;

/** Writes watch events as lines of JSON, each object in the form that was negotiated. */
export class WatchStream implements WatchSink {
  readonly #response: HttpResponse;
  readonly #view: Omit<View, 'now'>;
  readonly #now: () => number;
  #isFull = false;
  #sentColumns = false;

  constructor(response: HttpResponse, view: Omit<View, 'now'>, now: () => number) {
    this.#response = response;
    this.#view = view;
    this.#now = now;
  }

  open(): void {
    this.#response.statusCode = 200;
    this.#response.setHeader('Content-Type', 'application/json');
    this.#response.setHeader('Cache-Control', 'no-cache, private');
    this.#response.flushHeaders();
  }

  send(event: WatchEvent): boolean {
    if (this.#response.destroyed) return false;
    const isTaken = this.#response.write(`${this.#line(event)}\n`);
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

  #line(event: WatchEvent): string {
    const { type } = event;
    if (type === 'ERROR') return JSON.stringify({ type, object: event.error.toStatus() });
    const view = { ...this.#view, now: this.#now() };
    if (type === 'BOOKMARK') {
      return JSON.stringify({ type, object: representBookmark(event.revision, event.endsInitialEvents, view) });
    }
    if (!view.representation.as) return `{"type":"${type}","object":${event.json ?? JSON.stringify(event.object)}}`;
    const object = representObject(event.object, view, !this.#sentColumns);
    this.#sentColumns = true;
    return JSON.stringify({ type, object });
  }
}
