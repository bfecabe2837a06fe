import { ApiError } from '../../api/meta/errors.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { CoreEvent } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import { SYSTEM_APISERVER } from './auth/user.ts';
import type { ResourceEngine } from './resource-engine.ts';
import { EVERYTHING } from './verbs/selection.ts';

/** How long an Event is kept after it was last seen (kube-apiserver's --event-ttl). */
const TTL_MS = 3_600_000;

/** Forgets Events an hour after they were last seen. */
export class EventSweeper {
  readonly #engine: ResourceEngine;
  readonly #kind: KindDefinition<CoreEvent>;
  readonly #clock: Clock;

  constructor(engine: ResourceEngine, kind: KindDefinition<CoreEvent>, clock: Clock) {
    this.#engine = engine;
    this.#kind = kind;
    this.#clock = clock;
  }

  /** One pass. @returns how many were forgotten. */
  async sweep(): Promise<number> {
    const { items } = await this.#engine.list(this.#kind, { namespace: '', selection: EVERYTHING });
    const now = this.#clock.now();
    const old = items.filter((event) => lastSeenMs(event as CoreEvent) < now - TTL_MS);
    for (const { metadata } of old) {
      const key = { namespace: metadata.namespace ?? '', name: metadata.name };
      try {
        await this.#engine.delete(this.#kind, { user: SYSTEM_APISERVER, key, options: {} });
      } catch (error) {
        // Somebody was faster.
        if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
      }
    }
    return old.length;
  }
}

/** Of the newest time that the Event carries in any of its forms. */
export function lastSeenMs({ lastTimestamp, eventTime, series, metadata }: CoreEvent): Millis {
  const times = [lastTimestamp, eventTime, series?.lastObservedTime, metadata.creationTimestamp];
  const known = times.filter((time) => typeof time === 'string').map((time) => Date.parse(time));
  return Math.max(0, ...known.filter((time) => !Number.isNaN(time)));
}
