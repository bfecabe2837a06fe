import type { FilterPlugin } from '../framework.ts';

/** Every label of spec.nodeSelector is on the node with that value. */
export const nodeSelector: FilterPlugin = {
  name: 'NodeAffinity',
  filter(pod, { node }) {
    const labels = node.metadata.labels ?? {};
    const isMatch = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
    return isMatch ? [] : ["node(s) didn't match Pod's node affinity/selector"];
  },
};
