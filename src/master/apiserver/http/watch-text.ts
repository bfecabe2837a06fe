import { representBookmark, representObject, type View } from '../table/represent.ts';
import type { WatchEvent } from '../verbs/watch.ts';

/** The events of one watch as JSON, each object in the form that was negotiated. */
export class WatchText {
  readonly #view: Omit<View, 'now'>;
  readonly #now: () => number;
  #sentColumns = false;

  constructor(view: Omit<View, 'now'>, now: () => number) {
    this.#view = view;
    this.#now = now;
  }

  /** To be asked once for each event that is sent: the first Table alone has columns. */
  of(event: WatchEvent): string {
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
