import type { FilterPlugin } from '../framework.ts';
import { tolerates } from '../tolerations.ts';

/** Every NoSchedule and NoExecute taint of the node is tolerated; the reason names the first that is not. */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  filter(pod, { node }) {
    const taint = (node.spec.taints ?? []).find(
      (candidate) => candidate.effect !== 'PreferNoSchedule' && !tolerates(pod.spec.tolerations ?? [], candidate),
    );
    return taint ? [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`] : [];
  },
};
