import type { KeyValue, StoreEvent, WriteResult } from './store.ts';

/** A conditional write as asked for. */
export interface Intent {
  readonly op: 'create' | 'update' | 'delete';
  readonly key: string;
  /** Empty for `delete`. */
  readonly value: string;
  /** Ignored for `create`. */
  readonly expectedRevision: number;
  readonly volatile: boolean;
}

/** What a key holds. `durableRevision` is that of its row on disk: older than `revision` after a volatile write, absent for memory keys. */
export interface Current extends KeyValue {
  readonly durableRevision?: number;
}

/** A write that was decided: what to put where, and what to tell watchers. */
export interface Change {
  readonly event: StoreEvent;
  /** What the key held before. */
  readonly previous: Current | undefined;
  /** `disk`: a row of the log. `volatile`: over the row there is. `memory`: never near the disk. */
  readonly place: 'disk' | 'volatile' | 'memory';
}

/** What a batch sees. */
export interface DecisionView {
  lookup(key: string): Current | undefined;
  isMemory(key: string): boolean;
}

/** One result per intent, in order, and the changes among them, in revision order. */
export interface Decisions {
  readonly results: readonly WriteResult[];
  readonly changes: readonly Change[];
}

/**
 * Decides a batch in order, each write on the state that the ones before it leave behind.
 * @param firstRevision the first change's; the others count up from it.
 */
export function decideAll(intents: readonly Intent[], firstRevision: number, view: DecisionView): Decisions {
  const staged = new Map<string, Current | undefined>();
  const changes: Change[] = [];
  const results = intents.map((intent): WriteResult => {
    const current = staged.has(intent.key) ? staged.get(intent.key) : view.lookup(intent.key);
    if (!holds(intent, current)) return { done: false, current: current && visibleOf(current) };
    const revision = firstRevision + changes.length;
    const change = changeOf(intent, current, revision, view.isMemory(intent.key));
    changes.push(change);
    staged.set(intent.key, after(change));
    return { done: true, revision };
  });
  return { results, changes };
}

/** What the key of a change holds once it is made. */
export function after({ event, previous, place }: Change): Current | undefined {
  if (event.type === 'deleted') return undefined;
  const { key, value, revision } = event;
  if (place === 'memory') return { key, value, revision };
  const durableRevision = place === 'disk' ? revision : previous?.durableRevision;
  return durableRevision === undefined ? { key, value, revision } : { key, value, revision, durableRevision };
}

function holds(intent: Intent, current: Current | undefined): boolean {
  if (intent.op === 'create') return current === undefined;
  return current?.revision === intent.expectedRevision;
}

function changeOf(intent: Intent, previous: Current | undefined, revision: number, isMemory: boolean): Change {
  const { op, key } = intent;
  const event: StoreEvent = {
    type: op === 'create' ? 'created' : op === 'update' ? 'updated' : 'deleted',
    key,
    revision,
    value: op === 'delete' ? (previous?.value ?? '') : intent.value,
    ...(previous ? { previousValue: previous.value } : {}),
  };
  // Only an update can be volatile on a durable key: the row beneath is what a crash goes back to.
  const place = isMemory ? 'memory' : op === 'update' && intent.volatile ? 'volatile' : 'disk';
  return { event, previous, place };
}

function visibleOf({ key, value, revision }: Current): KeyValue {
  return { key, value, revision };
}
