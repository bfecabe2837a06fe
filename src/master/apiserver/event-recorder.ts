import { ApiError } from '../../api/meta/errors.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { CoreEvent, KubeObject } from '../../api/types.ts';
import { type Clock, toRfc3339 } from '../../lib/clock.ts';
import { KeyedLock } from '../../lib/keyed-lock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { EventRecorder, ResourceClient } from '../resource-client.ts';

type EventFacts = Parameters<EventRecorder['record']>[1];

export interface EventRecorderOptions {
  readonly client: ResourceClient;
  /** core/v1 Event. */
  readonly kind: KindDefinition<CoreEvent>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** So many recent Events are remembered, to count repeats on. */
const REMEMBERED = 4096;
const EVENTS_OF_CLUSTER = 'default';

/** Writes Events through the API; the same fact about the same object counts on the one that is there. */
export class ApiEventRecorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #recent = new Map<string, CoreEvent>();
  readonly #lock = new KeyedLock<string>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(about: KubeObject, facts: EventFacts): void {
    const atMs = this.#options.clock.now();
    const event = newEvent(about, facts, atMs);
    const key = aggregationKey(event);
    this.#lock
      .run(key, () => this.#write(key, event))
      // An Event is a courtesy: whoever tells of it goes on without.
      .catch((err) => this.#onFailure(event, err));
  }

  #onFailure({ reason, metadata }: CoreEvent, err: unknown): void {
    const { log } = this.#options;
    const facts = { event: metadata.name, reason, err };
    // The namespace is going, or gone: so are its Events.
    const isExpected = err instanceof ApiError && (err.reason === 'Forbidden' || err.reason === 'NotFound');
    if (isExpected) log.debug(facts, 'event not written');
    else log.warn(facts, 'event not written');
  }

  async #write(key: string, event: CoreEvent): Promise<void> {
    const { client, kind } = this.#options;
    const known = this.#recent.get(key);
    const written = known ? await this.#repeat(known, event) : undefined;
    this.#remember(key, written ?? (await client.create(kind, event)));
  }

  /** @returns undefined when the Event that is remembered is gone by now. */
  async #repeat(known: CoreEvent, event: CoreEvent): Promise<CoreEvent | undefined> {
    const { client, kind } = this.#options;
    const { resourceVersion: _any, ...metadata } = known.metadata;
    const count = (known.count ?? 1) + 1;
    try {
      return await client.update(kind, { ...known, metadata, count, ...lastSeen(event) });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  #remember(key: string, event: CoreEvent): void {
    this.#recent.delete(key);
    this.#recent.set(key, event);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > REMEMBERED && oldest !== undefined) this.#recent.delete(oldest);
  }
}

function lastSeen({ lastTimestamp }: CoreEvent): Pick<CoreEvent, 'lastTimestamp'> {
  return lastTimestamp === undefined ? {} : { lastTimestamp };
}

/** As client-go's recorder makes them: named after the object and the time, in its namespace. */
export function newEvent(about: KubeObject, facts: EventFacts, atMs: number): CoreEvent {
  const { name, namespace, uid, resourceVersion } = about.metadata;
  const at = toRfc3339(atMs);
  // Nanoseconds, of which we have the milliseconds; the rest tells apart what happens in one of them.
  const suffix = (BigInt(atMs) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)).toString(16);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${suffix}`, namespace: namespace || EVENTS_OF_CLUSTER },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(facts.fieldPath ? { fieldPath: facts.fieldPath } : {}),
    },
    type: facts.type,
    reason: facts.reason,
    message: facts.message,
    source: { component: facts.component, ...(facts.host ? { host: facts.host } : {}) },
    reportingComponent: facts.component,
    reportingInstance: facts.host ?? '',
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}

/** Events that differ in nothing of this are one, seen again. */
export function aggregationKey({ involvedObject: about, type, reason, message, source }: CoreEvent): string {
  return JSON.stringify([
    about.kind,
    about.namespace,
    about.name,
    about.uid,
    about.fieldPath,
    type,
    reason,
    message,
    source?.component,
    source?.host,
  ]);
}
