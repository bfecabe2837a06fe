import { olderFirst } from '../../../api/meta/older-first.ts';
import type { DaemonSet, Node, Pod } from '../../../api/types.ts';
import { claim } from '../workload/claim.ts';
import { targetNodeOf } from './daemon-pod.ts';
import { type Eligibility, eligibilityOf } from './eligibility.ts';

/** A node and the set's pods that are there, or meant to be. */
export interface Place extends Eligibility {
  readonly node: string;
  /** Bound ones first, then by age; those on their way out are among them. */
  readonly pods: readonly Pod[];
}

export interface Placement {
  readonly places: readonly Place[];
  /** Meant for a node that is no more; those that ran there are the pod garbage collector's. */
  readonly lost: readonly Pod[];
}

/** @param pods all of the set's namespace */
export function placementOf(set: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]): Placement {
  const { owned, adopt } = claim(set, pods);
  const byNode = Map.groupBy([...owned, ...adopt], targetNodeOf);
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  return {
    places: nodes.map((node) => {
      const { name } = node.metadata;
      return { node: name, pods: (byNode.get(name) ?? []).toSorted(byAge), ...eligibilityOf(set, node) };
    }),
    lost: [...byNode]
      .filter(([node]) => node !== undefined && !names.has(node))
      .flatMap(([, lost]) => lost)
      .filter((pod) => !pod.spec.nodeName && isStaying(pod)),
  };
}

export function isStaying({ metadata }: Pod): boolean {
  return !metadata.deletionTimestamp;
}

/** Those with a node first. */
function byAge(a: Pod, b: Pod): number {
  return Number(!a.spec.nodeName) - Number(!b.spec.nodeName) || olderFirst(a, b);
}
