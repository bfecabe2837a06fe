import { type FilterPlugin, unresolvable } from '../framework.ts';

const REFUSAL = unresolvable("node(s) didn't match the requested node name");

/** spec.nodeName, when set, names the node. */
export const nodeName: FilterPlugin = {
  name: 'NodeName',
  prepare({ pod }) {
    const wanted = pod.spec.nodeName;
    return wanted ? ({ name }) => (name === wanted ? undefined : REFUSAL) : undefined;
  },
};
