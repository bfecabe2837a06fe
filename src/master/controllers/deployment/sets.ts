import { olderFirst } from '../../../api/meta/older-first.ts';
import type { Deployment, ReplicaSet } from '../../../api/types.ts';
import { isSameTemplate } from '../workload/template-equality.ts';

/** A Deployment's ReplicaSets: as they are, or as a pass wants them. What is to stay as it is stays the same object. */
export interface Sets {
  /** The one of the Deployment's template; absent until it is made. */
  readonly newSet: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** With the one of the Deployment's template. */
export type CompleteSets = Sets & { readonly newSet: ReplicaSet };

/** Of several with the current template, which only hands can make, the oldest counts. */
export function setsOf(deployment: Deployment, owned: readonly ReplicaSet[]): Sets {
  const sorted = owned.toSorted(olderFirst);
  const newSet = sorted.find(({ spec }) => isSameTemplate(spec.template, deployment.spec.template));
  return { newSet, old: sorted.filter((set) => set !== newSet) };
}

export function allOf({ newSet, old }: Sets): ReplicaSet[] {
  return newSet ? [...old, newSet] : [...old];
}

/** Those that want pods. */
export function activeOf(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter(({ spec }) => spec.replicas > 0);
}

/** How many pods they want together. */
export function wantedReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
}

/**
 * How many pods can be counted on. Of a ReplicaSet that is being scaled down, its status may still count those that go.
 */
export function availableReplicas(set: ReplicaSet): number {
  return Math.min(set.status?.availableReplicas ?? 0, set.spec.replicas);
}

/** The same sets with some of them changed, found by name; `sets` itself when nothing is. */
export function withChanged(sets: Sets, changed: readonly ReplicaSet[]): Sets {
  const byName = new Map(changed.map((set) => [set.metadata.name, set]));
  const next = {
    newSet: sets.newSet && (byName.get(sets.newSet.metadata.name) ?? sets.newSet),
    old: sets.old.map((set) => byName.get(set.metadata.name) ?? set),
  };
  const isSame = next.newSet === sets.newSet && next.old.every((set, index) => set === sets.old[index]);
  return isSame ? sets : next;
}
