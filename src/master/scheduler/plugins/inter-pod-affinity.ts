import { type AffinityTerm, namespacesOf, termMatches } from '../affinity-term.ts';
import { type ClusterView, type FilterPlugin, type NodeFilter, resolvable, unresolvable } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { TopologyCounts } from './topology-counts.ts';

const NOT_NEAR = unresolvable("node(s) didn't match pod affinity rules");
const TOO_NEAR = resolvable("node(s) didn't match pod anti-affinity rules");
const UNWANTED = resolvable("node(s) didn't satisfy existing pods anti-affinity rules");

/**
 * The pod is near those that its affinity requires, and far from those that its anti-affinity names and from those whose
 * anti-affinity names it. Source: kube-scheduler, interpodaffinity.
 */
export const interPodAffinity: FilterPlugin = {
  name: 'InterPodAffinity',
  prepare(pod, view): NodeFilter | undefined {
    const unwanted = whereUnwanted(pod, view);
    const near = pod.affinity.required.length > 0 ? nearFilter(pod, view) : undefined;
    const far = pod.antiAffinity.required.length > 0 ? farFilter(pod, view) : undefined;
    if (unwanted.isEmpty && !near && !far) return undefined;
    return (node) => near?.(node) ?? far?.(node) ?? (unwanted.isAnyIn(node.labels) ? UNWANTED : undefined);
  },
};

/** Domains of pods whose required anti-affinity names this one. */
function whereUnwanted({ pod }: PodInfo, view: ClusterView): TopologyCounts {
  const counts = new TopologyCounts();
  const namespaces = namespacesOf(view);
  for (const { podsWithAffinity, labels } of view.nodes) {
    for (const { antiAffinity } of podsWithAffinity) {
      for (const term of antiAffinity.required) {
        if (termMatches(term, pod, namespaces)) counts.add(term.topologyKey, labels, 1);
      }
    }
  }
  return counts;
}

function nearFilter(incoming: PodInfo, view: ClusterView): NodeFilter {
  const terms = incoming.affinity.required;
  const namespaces = namespacesOf(view);
  const matchesAll = (other: PodInfo) => terms.every((term) => termMatches(term, other.pod, namespaces));
  const counts = new TopologyCounts();
  for (const { pods, labels } of view.nodes) {
    for (const other of pods.values()) {
      if (matchesAll(other)) for (const { topologyKey } of terms) counts.add(topologyKey, labels, 1);
    }
  }
  // The first of pods that want to be near each other has nobody to be near to.
  const isFirst = counts.isEmpty && matchesAll(incoming);
  return ({ labels }: NodeInfo) => {
    const hasLabels = terms.every(({ topologyKey }) => Object.hasOwn(labels, topologyKey));
    const isNear = terms.every(({ topologyKey }) => counts.get(topologyKey, labels) > 0);
    return hasLabels && (isNear || isFirst) ? undefined : NOT_NEAR;
  };
}

function farFilter(incoming: PodInfo, view: ClusterView): NodeFilter {
  const terms: readonly AffinityTerm[] = incoming.antiAffinity.required;
  const namespaces = namespacesOf(view);
  const counts = new TopologyCounts();
  for (const { pods, labels } of view.nodes) {
    for (const { pod } of pods.values()) {
      for (const term of terms) if (termMatches(term, pod, namespaces)) counts.add(term.topologyKey, labels, 1);
    }
  }
  return ({ labels }: NodeInfo) =>
    terms.some(({ topologyKey }) => counts.get(topologyKey, labels) > 0) ? TOO_NEAR : undefined;
}
