import type { FilterPlugin } from '../framework.ts';

/** spec.nodeName, when set, names the node. */
export const nodeName: FilterPlugin = {
  name: 'NodeName',
  filter: (pod, { node }) =>
    !pod.spec.nodeName || pod.spec.nodeName === node.metadata.name
      ? []
      : ["node(s) didn't match the requested node name"],
};
