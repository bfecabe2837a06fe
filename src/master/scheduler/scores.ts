import type { ClusterView, ScorePlugin } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { balancedAllocation } from './plugins/balanced-allocation.ts';
import { imageLocality } from './plugins/image-locality.ts';
import { preferredPodAffinity } from './plugins/inter-pod-affinity-score.ts';
import { leastAllocated } from './plugins/least-allocated.ts';
import { preferredNodeAffinity } from './plugins/node-affinity.ts';
import { nodeHealth } from './plugins/node-health.ts';
import { preferredTopologySpread } from './plugins/pod-topology-spread-score.ts';
import { preferUntainted } from './plugins/taint-toleration.ts';
import type { PodInfo } from './pod-info.ts';

const SCORES: readonly ScorePlugin[] = [
  preferUntainted,
  preferredNodeAffinity,
  preferredTopologySpread,
  preferredPodAffinity,
  leastAllocated,
  balancedAllocation,
  imageLocality,
  nodeHealth,
];

/** The node that suits best; of equals the first. @param feasible at least one */
export function bestOf(pod: PodInfo, feasible: readonly NodeInfo[], view: ClusterView): NodeInfo | undefined {
  if (feasible.length <= 1) return feasible[0];
  const totals = feasible.map(() => 0);
  for (const { weight, prepare } of SCORES) {
    const opinion = prepare(pod, feasible, view);
    if (!opinion) continue;
    const scores = feasible.map((node) => opinion.score(node));
    opinion.normalize?.(scores);
    for (const [i, score] of scores.entries()) totals[i] = (totals[i] ?? 0) + weight * score;
  }
  let best = 0;
  for (const [i, total] of totals.entries()) if (total > (totals[best] ?? 0)) best = i;
  return feasible[best];
}
