import type { ApiConnection, WatchEvent } from '../../../scripts/lib/api-connection.ts';
import type { KubeObject } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';

/** What a watch has received, to be read in order. */
export class Watch<T extends KubeObject> {
  readonly #received: WatchEvent<T>[] = [];
  #stop: () => void = () => {};
  #read = 0;

  /** @param path a collection with `watch=true`. @returns once the master has accepted it. */
  static async open<T extends KubeObject>(connection: ApiConnection, path: string): Promise<Watch<T>> {
    const watch = new Watch<T>();
    watch.#stop = await connection.watch<T>(path, (event) => {
      if (event.type !== 'BOOKMARK') watch.#received.push(event);
    });
    return watch;
  }

  /** Everything received so far, read or not. */
  get received(): readonly WatchEvent<T>[] {
    return this.#received;
  }

  /** The next event, whatever it is. @throws Error after `timeoutMs` without one. */
  next(timeoutMs = 30_000): Promise<WatchEvent<T>> {
    return this.until(() => true, timeoutMs);
  }

  /** Reads on to the first event that is `wanted`. @throws Error with what came instead after `timeoutMs`. */
  until(wanted: (event: WatchEvent<T>) => boolean, timeoutMs = 30_000): Promise<WatchEvent<T>> {
    const from = this.#read;
    return eventually(() => {
      for (let event = this.#received[this.#read]; event; event = this.#received[this.#read]) {
        this.#read += 1;
        if (wanted(event)) return event;
      }
      const seen = this.#received.slice(from).map(({ type, object }) => `${type} ${object.metadata?.name}`);
      throw new Error(`the watch did not bring what was waited for, only: ${seen.join(', ') || 'nothing'}`);
    }, timeoutMs);
  }

  stop(): void {
    this.#stop();
  }
}
