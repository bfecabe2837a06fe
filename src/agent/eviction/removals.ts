import type { Logger } from '../../lib/logger.ts';
import { RuntimeError } from '../runtime/runtime.ts';

/** Whether it is of no use to try to free anything else: the engine is away, or the agent stops. */
export function endsReclaim(error: unknown): boolean {
  if (error instanceof RuntimeError) return error.code === 'Unavailable';
  return error instanceof Error && error.name === 'AbortError';
}

/** What a round came to. */
export interface Round<T> {
  readonly gone: readonly T[];
  /** Why others could not go. */
  readonly errors: readonly unknown[];
}

/**
 * Takes away what holds disk, one thing after another. One that the engine cannot remove (its disk is full, a device is busy)
 * must not keep the others here. Source: kubelet, ImageGCManager.freeSpace and containerGC.
 */
export class Removals {
  readonly #log: Logger;
  /** By id: what could not be removed in the last round is not told again. */
  #stuck: ReadonlySet<string> = new Set();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param remove resolves to whether the thing is gone; false leaves it in peace @throws what `endsReclaim` */
  async round<T extends { readonly id: string }>(
    things: readonly T[],
    remove: (thing: T) => Promise<boolean>,
  ): Promise<Round<T>> {
    const gone: T[] = [];
    const failures = new Map<string, unknown>();
    for (const thing of things) {
      try {
        if (await remove(thing)) gone.push(thing);
      } catch (err) {
        if (endsReclaim(err)) throw err;
        if (!this.#stuck.has(thing.id)) this.#log.warn({ id: thing.id, err }, 'could not be removed to free disk');
        failures.set(thing.id, err);
      }
    }
    this.#stuck = new Set(failures.keys());
    return { gone, errors: [...failures.values()] };
  }
}
