import type { Pod } from '../../api/types.ts';
import type { FilterPlugin, NodeInfo, ScorePlugin } from './framework.ts';
import { fewestPods } from './plugins/fewest-pods.ts';
import { leastAllocated } from './plugins/least-allocated.ts';
import { nodeAffinity, preferredNodeAffinity } from './plugins/node-affinity.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { taintToleration } from './plugins/taint-toleration.ts';

/** In this order; the first plugin that refuses a node gives its reasons. */
const FILTERS: readonly FilterPlugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
];

const SCORES: readonly ScorePlugin[] = [leastAllocated, fewestPods, preferredNodeAffinity];

export type Outcome = { readonly node: string } | { readonly node: undefined; readonly message: string };

/**
 * Picks a node for one pod, or says in kube-scheduler's words why there is none. Of equal scores the first by name is taken,
 * so that the same view gives the same answer.
 */
export function schedule(pod: Pod, nodes: readonly NodeInfo[]): Outcome {
  const reasons = new Map<string, number>();
  const feasible: NodeInfo[] = [];
  for (const node of nodes) {
    const why = refusal(pod, node);
    if (why.length === 0) feasible.push(node);
    for (const reason of why) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const best = pick(pod, feasible);
  return best ? { node: best } : { node: undefined, message: explain(nodes.length, reasons) };
}

function refusal(pod: Pod, node: NodeInfo): readonly string[] {
  for (const plugin of FILTERS) {
    const reasons = plugin.filter(pod, node);
    if (reasons.length > 0) return reasons;
  }
  return [];
}

function pick(pod: Pod, feasible: readonly NodeInfo[]): string | undefined {
  const scored = feasible.map((node) => ({
    name: node.node.metadata.name,
    score: SCORES.reduce((total, plugin) => total + plugin.weight * plugin.score(pod, node), 0),
  }));
  scored.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
  return scored[0]?.name;
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` Reasons are in alphabetical order. */
function explain(nodeCount: number, reasons: ReadonlyMap<string, number>): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const list = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${list.join(', ')}.`;
}
