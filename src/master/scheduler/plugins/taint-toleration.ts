import { tolerates } from '../../../api/kinds/pod/tolerations.ts';
import type { Taint, Toleration } from '../../../api/types.ts';
import { type FilterPlugin, normalizeByMax, type ScorePlugin, unresolvable } from '../framework.ts';

/** The first taint that keeps pods with these tolerations away. */
export function untolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
): Taint | undefined {
  return taints?.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations ?? [], taint));
}

/** Every NoSchedule and NoExecute taint of the node is tolerated; the reason names the first that is not. */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  prepare({ pod }) {
    return ({ node }) => {
      const taint = untolerated(node.spec.taints, pod.spec.tolerations);
      return taint && unresolvable(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
    };
  },
};

/** Prefers nodes with fewer PreferNoSchedule taints that the pod does not tolerate. */
export const preferUntainted: ScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  prepare({ pod }, feasible) {
    const isSoft = ({ effect }: Taint) => effect === 'PreferNoSchedule';
    if (!feasible.some(({ node }) => node.spec.taints?.some(isSoft))) return undefined;
    const tolerations = (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
    return {
      score: ({ node }) =>
        (node.spec.taints ?? []).filter((taint) => isSoft(taint) && !tolerates(tolerations, taint)).length,
      normalize: (scores) => normalizeByMax(scores, true),
    };
  },
};
