import { SANDBOX_NAME } from '../../src/agent/runtime/create-options/labels.ts';
import type { Pod } from '../../src/api/types.ts';
import type { Millis } from '../../src/lib/clock.ts';

/** One container of one pod, over all its restarts. */
export interface ContainerKey {
  readonly podUid: string;
  readonly container: string;
}

/**
 * What was done to containers, so that each restart can be explained. A kill is written down before it is tried: the engine may
 * die in the middle of it, and the worst that comes of one too many is an excuse that nobody uses.
 */
export class Ledger {
  readonly #kills = new Map<string, number>();
  /** For each death of the engine: what ran just before, and so had to run on. */
  readonly #engineDeaths: { readonly at: Millis; readonly running: ReadonlySet<string> }[] = [];

  killed(key: ContainerKey): void {
    this.#kills.set(textOf(key), this.kills(key) + 1);
  }

  engineDied(running: readonly ContainerKey[], at: Millis): void {
    this.#engineDeaths.push({ at, running: new Set(running.map(textOf)) });
  }

  kills(key: ContainerKey): number {
    return this.#kills.get(textOf(key)) ?? 0;
  }

  /**
   * Restarts that have a reason: a kill of the container, of its sandbox, and each death of the engine in the pod's life while
   * the container did not run (it may have been about to start).
   */
  explained({ podUid, container }: ContainerKey, podCreatedAt: Millis): number {
    const own = this.kills({ podUid, container });
    const sandbox = this.kills({ podUid, container: SANDBOX_NAME });
    const key = textOf({ podUid, container });
    const deaths = this.#engineDeaths.filter(({ at, running }) => at >= podCreatedAt && !running.has(key));
    return own + sandbox + deaths.length;
  }

  /** Restarts of a pod's containers that nothing explains, a sentence for each. */
  unexplained(pod: Pod): string[] {
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    const podCreatedAt = Date.parse(pod.metadata.creationTimestamp ?? '');
    return [...initContainerStatuses, ...containerStatuses].flatMap(({ name, restartCount }) => {
      const explained = this.explained({ podUid: pod.metadata.uid ?? '', container: name }, podCreatedAt);
      return restartCount <= explained
        ? []
        : [`${pod.metadata.name}/${name}: ${restartCount} restarts, ${explained} explained`];
    });
  }
}

function textOf({ podUid, container }: ContainerKey): string {
  return `${podUid}/${container}`;
}
