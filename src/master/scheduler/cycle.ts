import { explain, NO_NODES } from './explain.ts';
import { type PluginRefusal, PodFilters } from './filters.ts';
import type { ClusterView } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import { bestOf } from './scores.ts';

export interface Placement {
  readonly node: string;
  /** How many nodes were looked at: the next pod begins with the one after them. */
  readonly looked: number;
}

/** Why there is no node for a pod. */
export interface NoPlacement {
  readonly node: undefined;
  /** Of each node; empty when there is none. */
  readonly refusals: ReadonlyMap<string, PluginRefusal>;
  /** kube-scheduler's sentence. */
  readonly message: string;
}

export type Outcome = Placement | NoPlacement;

/**
 * Picks a node for one pod, or says why there is none. Of equal scores the first is taken, so that the same view gives the same
 * answer.
 * @param startAt the node to look at first: of very many nodes not all are looked at, and each is to have its turn.
 */
export function schedule(pod: PodInfo, view: ClusterView, startAt = 0): Outcome {
  const { nodes } = view;
  const refusals = new Map<string, PluginRefusal>();
  if (nodes.length === 0) return { node: undefined, refusals, message: NO_NODES };
  const filters = new PodFilters(pod, view);
  const feasible: NodeInfo[] = [];
  const enough = enoughFeasible(nodes.length);
  const offset = enough < nodes.length ? startAt : 0;
  let looked = 0;
  for (; looked < nodes.length && feasible.length < enough; looked++) {
    const node = nodes[(offset + looked) % nodes.length];
    if (!node) break;
    const refused = filters.refusal(node);
    if (refused) refusals.set(node.name, refused);
    else feasible.push(node);
  }
  const best = bestOf(pod, feasible, view);
  if (best) return { node: best.name, looked };
  const message = filters.everywhere
    ? `0/${nodes.length} nodes are available: ${filters.everywhere.reasons.join(', ')}.`
    : explain(nodes.length, refusals.values());
  return { node: undefined, refusals, message };
}

/**
 * Of how many nodes that would do the best is good enough: all up to 100; then a share that falls from 50 % by one percent
 * every 125 nodes, never below 5 %. 1,000 nodes: 42 %. Source: kube-scheduler's percentageOfNodesToScore.
 */
function enoughFeasible(count: number): number {
  const percentage = Math.max(5, 50 - Math.floor(count / 125));
  return Math.max(100, Math.floor((count * percentage) / 100));
}
