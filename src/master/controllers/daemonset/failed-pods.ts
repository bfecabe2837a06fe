import { keyOf, keyText, type ObjectKey } from '../../../api/registry.ts';
import type { DaemonSet, Pod } from '../../../api/types.ts';
import { Backoff } from '../../../lib/backoff.ts';
import type { Millis } from '../../../lib/clock.ts';

const POLICY = { baseMs: 1000, maxMs: 15 * 60_000 } as const;

/** A pod that lived for so long has failed for a reason of its own. */
const FORGIVEN_AFTER_MS = 2 * POLICY.maxMs;

interface Replacement {
  readonly pod: Pod;
  readonly now: Millis;
  readonly date: Millis;
}

/**
 * How long the failed pods of each node are left before they are replaced again: nothing that is stored tells how often that was.
 * `now` is by the clock that never jumps: a date that is set back would leave them for as long.
 */
export class FailedPods {
  readonly #sets = new Map<string, { readonly version: string; readonly backoff: Backoff<string> }>();

  heldUntil(set: DaemonSet, node: string, now: Millis): Millis | undefined {
    return this.#of(set).heldUntil(node, now);
  }

  /** @param replacement `date`: what the pod's age is told by, which is stored as a date */
  replaced(set: DaemonSet, node: string, replacement: Replacement): void {
    const { pod, now, date } = replacement;
    const backoff = this.#of(set);
    if (date - Date.parse(pod.metadata.creationTimestamp ?? '') > FORGIVEN_AFTER_MS) backoff.succeeded(node);
    backoff.failed(node, now);
  }

  forget(set: ObjectKey): void {
    this.#sets.delete(keyText(set));
  }

  /** A changed spec may have mended it. */
  #of(set: DaemonSet): Backoff<string> {
    const key = keyText(keyOf(set));
    const version = `${set.metadata.uid}/${set.metadata.generation}`;
    const known = this.#sets.get(key);
    if (known?.version === version) return known.backoff;
    const backoff = new Backoff<string>(POLICY);
    this.#sets.set(key, { version, backoff });
    return backoff;
  }
}
