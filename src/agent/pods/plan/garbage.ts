import type { PodView } from '../pod-view.ts';
import type { Step } from './step.ts';

/** Ended containers kept under each name: the one the status shows, and the one before it for `--previous`. */
const KEPT_RECORDS = 2;

/**
 * Takes away what no status and no `kubectl logs` can still ask for: sandboxes that were replaced (unless a container still
 * runs in one), records older than the last two of a name, and what was made but never started.
 */
export function garbageSteps(view: PodView): Step[] {
  const stale = [...view.containers.values()].flatMap((records) => {
    const halfMade = records.filter((c) => c.state === 'created');
    const tried = records.filter((c) => c.state !== 'created');
    return [...halfMade, ...tried.slice(KEPT_RECORDS).filter((c) => c.state === 'exited')];
  });
  const sandboxes = view.isSandboxUp ? view.olderSandboxes : [];
  const halfMade = view.sandbox?.state === 'created' ? [view.sandbox] : [];
  return [...stale, ...sandboxes, ...halfMade].map((c) => ({ do: 'removeContainer', id: c.id }));
}
