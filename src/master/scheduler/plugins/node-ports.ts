import { clash } from '../../../api/kinds/pod/host-ports.ts';
import { type FilterPlugin, resolvable } from '../framework.ts';

const REFUSAL = resolvable("node(s) didn't have free ports for the requested pod ports");

/** No hostPort of the pod is held by a pod of the node. */
export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  prepare({ hostPorts: wanted }) {
    if (wanted.length === 0) return undefined;
    return ({ pods }) => {
      for (const { hostPorts } of pods.values()) {
        if (hostPorts.some((held) => wanted.some((port) => clash(port, held)))) return REFUSAL;
      }
      return undefined;
    };
  },
};
