import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { StoreEvent } from '../../store/store.ts';
import { objectFrom } from './stored.ts';

/** One change, decoded. Shared by all watchers: read only. */
export interface DecodedEvent {
  /** After the change (of a deletion: the last there was); its resourceVersion is the change's. */
  readonly object: KubeObject;
  /** Before the change, decoded when first asked for. */
  readonly previous: KubeObject | undefined;
  /** `object` as JSON, made when first asked for. */
  readonly json: string;
}

/** Watchers get a change one right after the other, so a few of each kind are enough; more would only hold memory. */
const KEPT_PER_KIND = 16;

/** Decodes each change once, however many watch it: a thousand nodes see the same StoreEvent. */
export class EventDecoder {
  readonly #byKind = new Map<KindDefinition, Map<StoreEvent, DecodedEvent>>();

  decode(kind: KindDefinition, event: StoreEvent): DecodedEvent {
    const kept = this.#byKind.get(kind) ?? new Map<StoreEvent, DecodedEvent>();
    this.#byKind.set(kind, kept);
    const known = kept.get(event);
    if (known) return known;
    const decoded = new LazyEvent(kind, event);
    kept.set(event, decoded);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_PER_KIND && oldest) kept.delete(oldest);
    return decoded;
  }
}

class LazyEvent implements DecodedEvent {
  readonly object: KubeObject;
  readonly #kind: KindDefinition;
  readonly #event: StoreEvent;
  #previous: KubeObject | undefined;
  #json: string | undefined;

  constructor(kind: KindDefinition, event: StoreEvent) {
    this.#kind = kind;
    this.#event = event;
    this.object = objectFrom(kind, event);
  }

  get previous(): KubeObject | undefined {
    const { key, previousValue, revision } = this.#event;
    if (previousValue === undefined) return undefined;
    this.#previous ??= objectFrom(this.#kind, { key, value: previousValue, revision });
    return this.#previous;
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.object);
    return this.#json;
  }
}
