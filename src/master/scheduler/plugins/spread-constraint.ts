import { matchesNodeAffinity } from '../../../api/kinds/pod/node-affinity.ts';
import type { TopologySpreadConstraint } from '../../../api/kinds/pod/parts.ts';
import { type Labels, labelSelectorMatcher, type Selector } from '../../../api/meta/labels.ts';
import type { Pod } from '../../../api/types.ts';
import type { NodeInfo } from '../node-info.ts';
import { untolerated } from './taint-toleration.ts';

export const HOSTNAME = 'kubernetes.io/hostname';

/** One topology spread constraint of a pod, ready to be asked. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  /** Which nodes are counted at all: by default those that the pod's node affinity lets it run on. */
  readonly counts: (node: NodeInfo) => boolean;
}

type Unsatisfiable = NonNullable<TopologySpreadConstraint['whenUnsatisfiable']>;

/** The pod's own constraints of one kind. */
export function spreadConstraints(pod: Pod, whenUnsatisfiable: Unsatisfiable): SpreadConstraint[] {
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => ({
      topologyKey: constraint.topologyKey,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      selector: selectorOf(constraint, pod.metadata.labels ?? {}),
      counts: countsNode(constraint, pod),
    }));
}

/**
 * What kube-scheduler gives pods without constraints of their own: spread over hosts, and less strictly over zones.
 * @param selector of the pod's kin
 */
export function defaultSpreadConstraints(pod: Pod, selector: Selector): SpreadConstraint[] {
  const common = { minDomains: 1, selector, counts: countsNode({}, pod) };
  return [
    { topologyKey: HOSTNAME, maxSkew: 3, ...common },
    { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, ...common },
  ];
}

/** With matchLabelKeys, pods count that have the same values as this one: those of the same revision of a Deployment. */
function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, labels: Labels): Selector {
  const keys = matchLabelKeys.filter((key) => Object.hasOwn(labels, key));
  if (!labelSelector || keys.length === 0) return labelSelectorMatcher(labelSelector);
  const more = keys.map((key) => ({ key, operator: 'In', values: [labels[key] ?? ''] }));
  return labelSelectorMatcher({
    ...labelSelector,
    matchExpressions: [...(labelSelector.matchExpressions ?? []), ...more],
  });
}

type Policies = Pick<TopologySpreadConstraint, 'nodeAffinityPolicy' | 'nodeTaintsPolicy'>;

function countsNode({ nodeAffinityPolicy, nodeTaintsPolicy }: Policies, pod: Pod): SpreadConstraint['counts'] {
  return ({ node }) =>
    (nodeAffinityPolicy === 'Ignore' || matchesNodeAffinity(pod, node)) &&
    (nodeTaintsPolicy !== 'Honor' || !untolerated(node.spec.taints, pod.spec.tolerations));
}

export function hasAllKeys({ labels }: NodeInfo, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => Object.hasOwn(labels, topologyKey));
}

/** Pods on the node that count; those on their way out do not. */
export function countMatching({ pods }: NodeInfo, { selector }: SpreadConstraint, namespace: string): number {
  // As in Kubernetes: here, unlike elsewhere, a selector of nothing counts nothing.
  if (selector.isEmpty) return 0;
  let count = 0;
  for (const { pod } of pods.values()) {
    const { deletionTimestamp, labels } = pod.metadata;
    if (!deletionTimestamp && pod.metadata.namespace === namespace && selector.matches(labels)) count += 1;
  }
  return count;
}
