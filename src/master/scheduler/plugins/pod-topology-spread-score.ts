import type { Pod } from '../../../api/types.ts';
import { type ClusterView, MAX_SCORE, type ScorePlugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import {
  countMatching,
  defaultSpreadConstraints,
  HOSTNAME,
  hasAllKeys,
  type SpreadConstraint,
  spreadConstraints,
} from './spread-constraint.ts';

/** A score for a node that the constraints say nothing about. */
const IGNORED = Number.NaN;

/** Prefers domains with fewer matching pods, by the pod's ScheduleAnyway constraints or, without any, by the default ones. */
export const preferredTopologySpread: ScorePlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  prepare({ pod }, feasible, view) {
    const { constraints, isDefault } = wishesOf(pod, view);
    if (constraints.length === 0) return undefined;
    const { namespace = '' } = pod.metadata;
    // The pod's own constraints are about nodes that have all the labels; the default ones make do with some.
    const isCounted = (node: NodeInfo) => isDefault || hasAllKeys(node, constraints);
    const counted = feasible.filter(isCounted);
    const wishes = constraints.map((constraint) => {
      const domains = domainsOf(constraint, counted, view.nodes.filter(isCounted), namespace);
      const size = constraint.topologyKey === HOSTNAME ? counted.length : domains.size;
      // Of many domains each differs less from the others: the logarithm makes up for it.
      return { constraint, domains, weight: Math.log(size + 2) };
    });
    return {
      score(node) {
        if (!isCounted(node)) return IGNORED;
        const cost = wishes.reduce((sum, { constraint, domains, weight }) => {
          const domain = node.labels[constraint.topologyKey];
          if (domain === undefined) return sum;
          const isHost = constraint.topologyKey === HOSTNAME;
          const pods = isHost ? countMatching(node, constraint, namespace) : (domains.get(domain) ?? 0);
          return sum + pods * weight + (constraint.maxSkew - 1);
        }, 0);
        return Math.round(cost);
      },
      normalize,
    };
  },
};

function wishesOf(pod: Pod, view: ClusterView): { constraints: SpreadConstraint[]; isDefault: boolean } {
  if (pod.spec.topologySpreadConstraints?.length) {
    return { constraints: spreadConstraints(pod, 'ScheduleAnyway'), isDefault: false };
  }
  const selector = view.kinSelector(pod);
  return { constraints: selector ? defaultSpreadConstraints(pod, selector) : [], isDefault: true };
}

/** Matching pods of each domain that the pod could go to. Each host is one: those are counted one by one. */
function domainsOf(
  constraint: SpreadConstraint,
  feasible: readonly NodeInfo[],
  all: readonly NodeInfo[],
  namespace: string,
): Map<string, number> {
  const { topologyKey } = constraint;
  const domains = new Map<string, number>();
  if (topologyKey === HOSTNAME) return domains;
  for (const { labels } of feasible) {
    const domain = labels[topologyKey];
    if (domain !== undefined) domains.set(domain, 0);
  }
  for (const node of all) {
    const domain = node.labels[topologyKey] ?? '';
    const before = domains.get(domain);
    if (before === undefined || !constraint.counts(node)) continue;
    domains.set(domain, before + countMatching(node, constraint, namespace));
  }
  return domains;
}

/** The cheapest gets 100; the others fall behind by their share of the dearest. */
function normalize(scores: number[]): void {
  const costs = scores.filter((score) => !Number.isNaN(score));
  const max = Math.max(0, ...costs);
  const min = Math.min(...costs);
  for (const [i, cost] of scores.entries()) {
    if (Number.isNaN(cost)) scores[i] = 0;
    else scores[i] = max === 0 ? MAX_SCORE : Math.floor((MAX_SCORE * (max + min - cost)) / max);
  }
}
