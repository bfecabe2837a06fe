import { olderFirst } from '../../../api/meta/older-first.ts';
import type { ControllerRevision } from '../../../api/types.ts';
import { claim } from '../workload/claim.ts';
import { type HistoryOwner, isSameRevision, newRevision } from './revision.ts';

export type HistoryAction = {
  /** `update` gives a revision that is there its new number. */
  readonly do: 'adopt' | 'release' | 'create' | 'update' | 'delete';
  readonly revision: ControllerRevision;
};

/** The templates that a workload had, and the one it has. */
export interface History {
  /** Of the template as it is now; it may have to be created first. */
  readonly current: ControllerRevision;
  /** The others, oldest first. */
  readonly old: readonly ControllerRevision[];
  /** What makes this so, in the order to do it. */
  readonly actions: readonly HistoryAction[];
}

/**
 * Finds the revision of the owner's template, or makes one: a template that was there before gets its old revision back, as the newest.
 * @param revisions all of the owner's namespace
 * @param hashLabel the label that holds a revision's hash, which the kinds name differently
 */
export function historyOf(owner: HistoryOwner, revisions: readonly ControllerRevision[], hashLabel: string): History {
  const { owned, adopt, release } = claim(owner, revisions);
  const all = [...owned.filter(({ metadata }) => !metadata.deletionTimestamp), ...adopt].sort(byAge);
  const wanted = newRevision(owner, (all.at(-1)?.revision ?? 0) + 1, hashLabel);
  const found = all.findLast((revision) => isSameRevision(revision, wanted));
  const isNewest = found !== undefined && found === all.at(-1);
  const renumbered = found && !isNewest ? { ...found, revision: wanted.revision } : found;
  return {
    current: renumbered ?? wanted,
    old: all.filter((revision) => revision !== found),
    actions: [
      ...release.map((revision) => ({ do: 'release', revision }) as const),
      ...adopt.map((revision) => ({ do: 'adopt', revision }) as const),
      ...(found ? [] : [{ do: 'create', revision: wanted } as const]),
      ...(renumbered && !isNewest ? [{ do: 'update', revision: renumbered } as const] : []),
    ],
  };
}

/**
 * Deletes the oldest of those that nobody uses any more, beyond revisionHistoryLimit.
 * @param isLive whether pods or a rollout still need an old revision: these do not count
 */
export function truncate(
  owner: HistoryOwner,
  { old }: History,
  isLive: (revision: ControllerRevision) => boolean,
): HistoryAction[] {
  const unused = old.filter((revision) => !isLive(revision));
  const surplus = unused.length - (owner.spec.revisionHistoryLimit ?? 10);
  return unused.slice(0, Math.max(0, surplus)).map((revision) => ({ do: 'delete', revision }));
}

function byAge(a: ControllerRevision, b: ControllerRevision): number {
  return a.revision - b.revision || olderFirst(a, b);
}
