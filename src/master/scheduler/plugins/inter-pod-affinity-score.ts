import type { Labels } from '../../../api/meta/labels.ts';
import { type AffinityTerm, namespacesOf, termMatches } from '../affinity-term.ts';
import { MAX_SCORE, type ScorePlugin } from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';
import { TopologyCounts } from './topology-counts.ts';

/** How much it counts that a pod there requires to be near pods like this one (kube-scheduler's hardPodAffinityWeight). */
const REQUIRED_BY_OTHERS = 1;

/** Prefers nodes near pods that the pod wishes to be near, and near pods that wish this one near; and the other way round. */
export const preferredPodAffinity: ScorePlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  prepare(incoming, _feasible, view) {
    const counts = new TopologyCounts();
    const namespaces = namespacesOf(view);
    const weigh = (terms: readonly AffinityTerm[], { pod }: PodInfo, labels: Labels, factor: number) => {
      for (const term of terms) {
        if (termMatches(term, pod, namespaces)) counts.add(term.topologyKey, labels, factor * term.weight);
      }
    };
    const { affinity, antiAffinity } = incoming;
    const hasWishes = affinity.preferred.length + antiAffinity.preferred.length > 0;
    for (const { pods, podsWithAffinity, labels } of view.nodes) {
      if (hasWishes) {
        for (const other of pods.values()) {
          weigh(affinity.preferred, other, labels, 1);
          weigh(antiAffinity.preferred, other, labels, -1);
        }
      }
      for (const other of podsWithAffinity) {
        weigh(other.affinity.required, incoming, labels, REQUIRED_BY_OTHERS);
        weigh(other.affinity.preferred, incoming, labels, 1);
        weigh(other.antiAffinity.preferred, incoming, labels, -1);
      }
    }
    if (counts.isEmpty) return undefined;
    return { score: ({ labels }) => counts.total(labels), normalize };
  },
};

/** Weights may be negative: the least gets 0, the greatest 100. */
function normalize(scores: number[]): void {
  const min = Math.min(...scores);
  const max = Math.max(...scores);
  for (const [i, score] of scores.entries()) {
    scores[i] = max > min ? Math.floor((MAX_SCORE * (score - min)) / (max - min)) : 0;
  }
}
