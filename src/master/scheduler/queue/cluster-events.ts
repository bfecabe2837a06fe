import { isDeepStrictEqual } from 'node:util';
import type { Node } from '../../../api/types.ts';

/** A change after which a pod that fitted nowhere may fit. */
export type ClusterEvent =
  | 'nodeAdded'
  | 'nodeGone'
  | 'nodeAllocatable'
  | 'nodeLabels'
  | 'nodeTaints'
  | 'nodeImages'
  /** A pod was bound, ended, or changed its labels where it runs. */
  | 'podBound'
  | 'podGone'
  | 'podLabels'
  | 'namespaceLabels'
  | 'imageKnown'
  /** A claim, a volume or a class came or changed. */
  | 'storage';

/** What may change the mind of each plugin. A new node may of all, and is not listed. */
const HELPFUL: Readonly<Record<string, readonly ClusterEvent[]>> = {
  NodeUnschedulable: ['nodeTaints'],
  NodeName: [],
  TaintToleration: ['nodeTaints'],
  NodeAffinity: ['nodeLabels'],
  ImagePlatform: ['nodeImages', 'nodeLabels', 'imageKnown'],
  NodePorts: ['podGone'],
  VolumeRestrictions: ['podGone'],
  VolumeBinding: ['storage', 'nodeLabels'],
  NodeResourcesFit: ['nodeAllocatable', 'podGone'],
  // A domain that is gone may have been the one with the fewest pods, which the others are measured by.
  PodTopologySpread: ['nodeGone', 'nodeLabels', 'nodeTaints', 'podBound', 'podGone', 'podLabels'],
  InterPodAffinity: ['nodeLabels', 'podBound', 'podGone', 'podLabels', 'namespaceLabels'],
};

/** @param rejectedBy names of plugins; none: there was no node to reject it. */
export function mayHelp(event: ClusterEvent, rejectedBy: ReadonlySet<string>): boolean {
  if (event === 'nodeAdded') return true;
  for (const plugin of rejectedBy) if (HELPFUL[plugin]?.includes(event) ?? true) return true;
  return false;
}

/** What of a node's change concerns scheduling: nothing, as a rule. */
export function nodeEvents(node: Node, previous: Node): ClusterEvent[] {
  const isSame = (read: (of: Node) => unknown) => isDeepStrictEqual(read(node), read(previous));
  const events: ClusterEvent[] = [];
  if (!isSame(({ status }) => status?.allocatable)) events.push('nodeAllocatable');
  if (!isSame(({ metadata }) => metadata.labels)) events.push('nodeLabels');
  if (!isSame(({ spec }) => [spec.taints, spec.unschedulable])) events.push('nodeTaints');
  if (!isSame(({ status }) => status?.images)) events.push('nodeImages');
  return events;
}
