import { type FilterPlugin, type NodeFilter, resolvable, unresolvable } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { countMatching, hasAllKeys, type SpreadConstraint, spreadConstraints } from './spread-constraint.ts';

const SKEWED = resolvable("node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

/** How many matching pods each domain of one constraint has. */
interface Spread {
  readonly constraint: SpreadConstraint;
  readonly pods: ReadonlyMap<string, number>;
  /** Of the domain that has fewest. */
  readonly fewest: number;
  /** 1 when the pod itself counts. */
  readonly self: number;
}

/** No domain gets more than maxSkew matching pods above the one with fewest. */
export const podTopologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  prepare({ pod }, { nodes }): NodeFilter | undefined {
    const constraints = spreadConstraints(pod, 'DoNotSchedule');
    if (constraints.length === 0) return undefined;
    const { namespace = '', labels } = pod.metadata;
    const eligible = nodes.filter((node) => hasAllKeys(node, constraints));
    const spreads = constraints.map((constraint): Spread => {
      const pods = countDomains(constraint, eligible, namespace);
      // With fewer domains than there are to be, those that are missing have none.
      const fewest = pods.size < constraint.minDomains ? 0 : Math.min(...pods.values());
      return { constraint, pods, fewest, self: constraint.selector.matches(labels) ? 1 : 0 };
    });
    return (node) => {
      for (const { constraint, pods, fewest, self } of spreads) {
        const domain = node.labels[constraint.topologyKey];
        if (domain === undefined) return NO_LABEL;
        if ((pods.get(domain) ?? 0) + self - fewest > constraint.maxSkew) return SKEWED;
      }
      return undefined;
    };
  },
};

function countDomains(
  constraint: SpreadConstraint,
  eligible: readonly NodeInfo[],
  namespace: string,
): Map<string, number> {
  const pods = new Map<string, number>();
  for (const node of eligible) {
    if (!constraint.counts(node)) continue;
    const domain = node.labels[constraint.topologyKey] ?? '';
    pods.set(domain, (pods.get(domain) ?? 0) + countMatching(node, constraint, namespace));
  }
  return pods;
}
