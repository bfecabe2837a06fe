import type { KindDefinition, ObjectKey } from '../../api/registry.ts';
import { keyOf, keyText } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { EventRecorder, ObjectCache, ResourceClient } from '../resource-client.ts';

/** What every controller is given. */
export interface ControllerParts {
  readonly client: ResourceClient;
  readonly cache: ObjectCache;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One controller: what wakes it, and one level-triggered pass over one object. */
export interface Reconciler {
  readonly name: string;
  /** A change of `kind` adds these keys; `keysOf` defaults to the object's own. */
  readonly watches: readonly Watch[];
  /**
   * @returns the key comes again after so many milliseconds, if nothing wakes it earlier; nothing: only when it is woken.
   * @throws when it could not finish: the key comes again after a back-off.
   */
  reconcile(key: ObjectKey, signal: AbortSignal): Promise<number | undefined>;
}

export interface Watch {
  readonly kind: KindDefinition;
  /** @param previous what the object was before, where it changed: whoever lost it is woken by that. */
  keysOf?(object: KubeObject, previous: KubeObject | undefined): readonly ObjectKey[];
}

/** Runs a reconciler over the watch cache: the thin loop that every controller shares. */
export class Controller implements Part {
  readonly name: string;
  readonly #reconciler: Reconciler;
  readonly #cache: ObjectCache;
  readonly #queue: Workqueue;
  #unsubscribe: (() => void)[] = [];

  constructor(reconciler: Reconciler, { cache, clock, log }: Pick<ControllerParts, 'cache' | 'clock' | 'log'>) {
    this.name = reconciler.name;
    this.#reconciler = reconciler;
    this.#cache = cache;
    this.#queue = new Workqueue({ name: reconciler.name, clock, log }, async (text, signal) => {
      const againAfterMs = await reconciler.reconcile(parseKey(text), signal);
      if (againAfterMs !== undefined) this.#queue.addAfter(text, againAfterMs);
    });
  }

  start(): void {
    this.#unsubscribe = this.#reconciler.watches.map(({ kind, keysOf }) =>
      this.#cache.subscribe(kind, (change) => {
        const previous = change.type === 'modified' ? change.previous : undefined;
        for (const key of keysOf?.(change.object, previous) ?? [keyOf(change.object)]) this.#queue.add(keyText(key));
      }),
    );
    this.#queue.start();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
  }
}

/** The inverse of keyText: a name never holds a slash. */
function parseKey(text: string): ObjectKey {
  const [first = '', second] = text.split('/');
  return second === undefined ? { namespace: '', name: first } : { namespace: first, name: second };
}
