import type { Labels, Selector } from '../../api/meta/labels.ts';
import type { Pod } from '../../api/types.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { StorageView } from './volumes/storage-view.ts';

/** The cluster as one decision sees it. Nobody changes it while that decision is made. */
export interface ClusterView {
  /** By name. */
  readonly nodes: readonly NodeInfo[];
  /** Pods that were promised room on a node and still wait for it. */
  nominatedTo(node: string): readonly PodInfo[];
  namespaceLabels(namespace: string): Labels;
  /** What selects the pod's own kind: its Services' and its controller's selectors; undefined when it has neither. */
  kinSelector(pod: Pod): Selector | undefined;
  /** How many nodes hold the image already. */
  holdersOf(image: string): number;
  /** Architectures that the image was built for; undefined when nobody knows. */
  architecturesOf(image: string): readonly string[] | undefined;
  readonly storage: StorageView;
}

/** Why a pod can't run on a node, in kube-scheduler's words. */
export interface Refusal {
  readonly reasons: readonly string[];
  /** Whether the node would take the pod if some of its pods left. */
  readonly isResolvable: boolean;
}

export type NodeFilter = (node: NodeInfo) => Refusal | undefined;

/** One rule that keeps pods from nodes. */
export interface FilterPlugin {
  readonly name: string;
  /**
   * Looks at the pod and the cluster, once for all nodes.
   * @returns undefined when it has nothing against any node; text when the pod can run nowhere, whatever the node.
   */
  prepare(pod: PodInfo, view: ClusterView): NodeFilter | string | undefined;
}

/** A plugin's opinion of the nodes that would do. */
export interface NodeScore {
  /** In whatever measure; without `normalize`, 0 to 100. */
  score(node: NodeInfo): number;
  /** Makes all the scores, in place, 0 to 100. */
  normalize?(scores: number[]): void;
}

export interface ScorePlugin {
  readonly name: string;
  readonly weight: number;
  /** @param feasible nodes that no filter refused. @returns undefined when all nodes are the same to it. */
  prepare(pod: PodInfo, feasible: readonly NodeInfo[], view: ClusterView): NodeScore | undefined;
}

export const MAX_SCORE = 100;

export function unresolvable(...reasons: string[]): Refusal {
  return { reasons, isResolvable: false };
}

export function resolvable(...reasons: string[]): Refusal {
  return { reasons, isResolvable: true };
}

/** The same cluster with another version of one of its nodes. */
export function withNode(view: ClusterView, changed: NodeInfo): ClusterView {
  return {
    nodes: view.nodes.map((node) => (node.name === changed.name ? changed : node)),
    nominatedTo: (node) => view.nominatedTo(node),
    namespaceLabels: (namespace) => view.namespaceLabels(namespace),
    kinSelector: (pod) => view.kinSelector(pod),
    holdersOf: (image) => view.holdersOf(image),
    architecturesOf: (image) => view.architecturesOf(image),
    storage: view.storage,
  };
}

/** The best gets 100, the others their share of it; `isReversed`: the highest is the worst. Source: DefaultNormalizeScore. */
export function normalizeByMax(scores: number[], isReversed = false): void {
  const max = Math.max(0, ...scores);
  for (const [i, score] of scores.entries()) {
    const share = max === 0 ? 0 : Math.floor((score * MAX_SCORE) / max);
    scores[i] = isReversed ? MAX_SCORE - share : share;
  }
}
