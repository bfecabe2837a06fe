import { ApiError, invalid } from '../../../api/meta/errors.ts';
import { forbidden } from '../../../api/meta/field-errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { storagePrefix } from '../../store/keys.ts';
import type { StoreEvent } from '../../store/store.ts';
import type { EngineDeps } from './engine-deps.ts';
import type { EventDecoder } from './event-decoder.ts';
import { listObjects } from './list.ts';
import { parseResourceVersion, waitForRevision } from './resource-version.ts';
import type { Selection } from './selection.ts';

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject; readonly json?: string }
  | { readonly type: 'BOOKMARK'; readonly revision: number; readonly endsInitialEvents: boolean }
  | { readonly type: 'ERROR'; readonly error: ApiError };

/** Where a watch's events go. */
export interface WatchSink {
  /** The watch is accepted: headers go out, though no event may follow for long. */
  open(): void;
  /** @returns false when the client is slow: nothing more is sent before `drained`. */
  send(event: WatchEvent): boolean;
  /** Resolves when there is room again; rejects when the client is gone or `signal` aborts. */
  drained(signal: AbortSignal): Promise<void>;
}

export interface WatchRequest {
  readonly namespace: string;
  readonly selection: Selection;
  readonly resourceVersion: string;
  readonly resourceVersionMatch?: string;
  readonly allowBookmarks: boolean;
  /** Absent: as resourceVersion says. */
  readonly sendInitialEvents?: boolean;
  readonly timeoutMs: number;
}

const BOOKMARK_EVERY_MS = 60_000;

/**
 * Streams changes until the timeout, the signal, or an error (sent as an ERROR event). A client too slow for the stream
 * is not buffered for: the watch pauses and goes on from the last event it was sent, as long as history reaches back there.
 * @throws ApiError before the first event: Invalid, or Timeout for a revision that is not reached.
 */
export async function watchObjects(
  deps: EngineDeps,
  decoder: EventDecoder,
  kind: KindDefinition,
  request: WatchRequest,
  sink: WatchSink,
  signal: AbortSignal,
): Promise<void> {
  assertInitialEventsOptions(request);
  await waitForRevision(deps, request.resourceVersion, signal);
  const run = new WatchRun(deps, decoder, kind, request, sink);
  await run.stream(signal);
}

class WatchRun {
  readonly #deps: EngineDeps;
  readonly #decoder: EventDecoder;
  readonly #kind: KindDefinition;
  readonly #request: WatchRequest;
  readonly #sink: WatchSink;
  readonly #ending = new AbortController();
  /** All up to here was sent or does not concern this watch. */
  #revision: number;

  constructor(deps: EngineDeps, decoder: EventDecoder, kind: KindDefinition, request: WatchRequest, sink: WatchSink) {
    this.#deps = deps;
    this.#decoder = decoder;
    this.#kind = kind;
    this.#request = request;
    this.#sink = sink;
    this.#revision = parseResourceVersion(request.resourceVersion);
  }

  async stream(outer: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([outer, this.#ending.signal]);
    const cancelTimeout = this.#deps.clock.after(this.#request.timeoutMs, () => this.#onTimeout());
    let cancelBookmark = this.#scheduleBookmarks((cancel) => (cancelBookmark = cancel));
    this.#sink.open();
    try {
      await this.#sendInitial(signal);
      while (!signal.aborted) await this.#follow(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#sink.send({ type: 'ERROR', error: asWatchError(error, this.#revision, this.#deps.store.revision) });
    } finally {
      cancelTimeout();
      cancelBookmark();
    }
  }

  #scheduleBookmarks(remember: (cancel: () => void) => void): () => void {
    return this.#deps.clock.after(BOOKMARK_EVERY_MS, () => {
      this.#bookmark(false);
      remember(this.#scheduleBookmarks(remember));
    });
  }

  #onTimeout(): void {
    this.#bookmark(false);
    this.#ending.abort();
  }

  #bookmark(endsInitialEvents: boolean): void {
    if (!this.#request.allowBookmarks || this.#revision === 0) return;
    this.#sink.send({ type: 'BOOKMARK', revision: this.#revision, endsInitialEvents });
  }

  /** What is there already, as ADDED: asked for by an absent or zero resourceVersion, or by sendInitialEvents. */
  async #sendInitial(signal: AbortSignal): Promise<void> {
    const { sendInitialEvents, namespace, selection } = this.#request;
    if (sendInitialEvents === false && this.#revision === 0) this.#revision = this.#deps.store.revision;
    if (!(sendInitialEvents ?? this.#revision === 0)) return;
    const list = await listObjects(this.#deps, this.#kind, { namespace, selection });
    for (const object of list.items) {
      if (!this.#sink.send({ type: 'ADDED', object })) await this.#sink.drained(signal);
    }
    this.#revision = list.revision;
    if (sendInitialEvents) this.#bookmark(true);
  }

  /** Follows the store until the client is too slow, and then waits for it. */
  async #follow(signal: AbortSignal): Promise<void> {
    const prefix = storagePrefix(this.#kind, this.#request.namespace || undefined);
    const pause = Promise.withResolvers<'slow' | 'aborted'>();
    // The store may still hand out what it had in hand when we left: from then on nothing may move `#revision`.
    let isFollowing = true;
    const settle = (run: () => void) => {
      isFollowing = false;
      run();
    };
    const onAbort = () => settle(() => pause.resolve('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    // Awaited below; it may be rejected before we get there.
    pause.promise.catch(() => undefined);
    let stop: (() => void) | undefined;
    try {
      stop = await this.#deps.store.watch(prefix, this.#revision, {
        event: (event) => {
          if (!isFollowing) return;
          const hasRoom = this.#deliver(event);
          this.#revision = event.revision;
          if (!hasRoom) settle(() => pause.resolve('slow'));
        },
        progress: (revision) => {
          if (isFollowing) this.#revision = Math.max(this.#revision, revision);
        },
        ended: (error) => settle(() => pause.reject(error)),
      });
      if (signal.aborted || (await pause.promise) === 'aborted') return;
    } finally {
      isFollowing = false;
      signal.removeEventListener('abort', onAbort);
      stop?.();
    }
    await this.#sink.drained(signal);
  }

  #deliver(event: StoreEvent): boolean {
    const { selection } = this.#request;
    if (selection.name !== undefined && !event.key.endsWith(`/${selection.name}`)) return true;
    const decoded = this.#decoder.decode(this.#kind, event);
    if (selection.isEverything)
      return this.#sink.send({ type: plainType(event), object: decoded.object, json: decoded.json });
    const { object } = decoded;
    const is = event.type !== 'deleted' && selection.matches(object);
    // Of a deletion the object is what was there last.
    const before = event.type === 'deleted' ? object : decoded.previous;
    const type = transition(before !== undefined && selection.matches(before), is);
    if (!type) return true;
    // For this watcher an object ends when it stops matching: what matched last is shown, with the change's revision
    // (apiserver, cacher, convertToWatchEvent).
    if (type === 'DELETED' && before && before !== object) return this.#sink.send({ type, object: before });
    return this.#sink.send({ type, object, json: decoded.json });
  }
}

function plainType({ type }: StoreEvent): 'ADDED' | 'MODIFIED' | 'DELETED' {
  if (type === 'created') return 'ADDED';
  return type === 'updated' ? 'MODIFIED' : 'DELETED';
}

/** What a change looks like through a selector: an object that stops matching is deleted for this watcher. */
export function transition(was: boolean, is: boolean): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined {
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

/** apimachinery's rules for sendInitialEvents (internalversion validation, ValidateListOptions). */
function assertInitialEventsOptions({ sendInitialEvents, resourceVersionMatch = '' }: WatchRequest): void {
  const refuse = (field: string, why: string): never => {
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [forbidden(field, why)]);
  };
  if (sendInitialEvents === undefined) {
    if (resourceVersionMatch) {
      refuse(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      );
    }
  } else if (resourceVersionMatch !== 'NotOlderThan') {
    refuse('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
}

function asWatchError(error: unknown, from: number, current: number): ApiError {
  if (!(error instanceof ApiError)) {
    return new ApiError('InternalError', 'Internal error occurred: the watch failed', {}, { cause: error });
  }
  if (error.reason !== 'Expired') return error;
  return new ApiError('Expired', `too old resource version: ${from} (${current})`, {}, { cause: error });
}
