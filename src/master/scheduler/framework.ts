import type { Node, Pod } from '../../api/types.ts';
import type { Resources } from './resources.ts';

/** A node as one scheduling cycle sees it: the object, the pods on it (bound and assumed) and what they ask for together. */
export interface NodeInfo {
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly allocatable: Resources;
  readonly requested: Resources;
}

/** Says why a pod can't run on a node, one sentence per reason in kube-scheduler's words; empty when it can. */
export interface FilterPlugin {
  readonly name: string;
  filter(pod: Pod, node: NodeInfo): readonly string[];
}

/** Says how well a node suits, 0 to 100. */
export interface ScorePlugin {
  readonly name: string;
  readonly weight: number;
  score(pod: Pod, node: NodeInfo): number;
}
