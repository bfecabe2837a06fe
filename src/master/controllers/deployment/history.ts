import type { Deployment, ReplicaSet } from '../../../api/types.ts';
import { revisionOf } from './annotations.ts';
import type { Sets } from './sets.ts';

/** As Kubernetes keeps all of them with this limit. */
const NO_LIMIT = 2 ** 31 - 1;

/** The old sets beyond spec.revisionHistoryLimit, lowest revision first; never one that has, or wants, a pod. */
export function expiredSets({ spec }: Deployment, { old }: Sets): ReplicaSet[] {
  const { revisionHistoryLimit: limit } = spec;
  if (limit === undefined || limit === NO_LIMIT) return [];
  const alive = old.filter(({ metadata }) => !metadata.deletionTimestamp);
  if (alive.length <= limit) return [];
  return alive
    .toSorted((a, b) => Number(revisionOf(a) - revisionOf(b)))
    .slice(0, alive.length - limit)
    .filter(isEmpty);
}

function isEmpty({ metadata, spec, status }: ReplicaSet): boolean {
  const isObserved = (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0);
  return isObserved && spec.replicas === 0 && (status?.replicas ?? 0) === 0;
}
