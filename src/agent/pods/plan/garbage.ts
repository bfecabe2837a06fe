import type { ObservedContainer } from '../../runtime/runtime.ts';
import type { PodView } from '../pod-view.ts';

/** Ended containers kept under each name: the one the status shows, and the one before it for `--previous`. */
const KEPT_RECORDS = 2;

/** What was made but never started: the next one needs its name. */
export function halfMade(view: PodView): ObservedContainer[] {
  const sandbox = view.sandbox?.state === 'created' ? [view.sandbox] : [];
  return [...[...view.containers.values()].flat().filter((c) => c.state === 'created'), ...sandbox];
}

/**
 * What no status and no `kubectl logs` can still ask for: sandboxes that were replaced, and records older than the last two of
 * a name.
 */
export function garbage(view: PodView): ObservedContainer[] {
  const stale = [...view.containers.values()].flatMap((records) =>
    records
      .filter((c) => c.state !== 'created')
      .slice(KEPT_RECORDS)
      .filter((c) => c.state === 'exited'),
  );
  return [...stale, ...(view.isSandboxUp ? view.olderSandboxes : [])];
}
