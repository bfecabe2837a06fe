import { type FilterPlugin, resolvable } from '../framework.ts';
import type { HostPort } from '../pod-info.ts';

const REFUSAL = resolvable("node(s) didn't have free ports for the requested pod ports");

/** The wildcard address takes the port on every address. */
function clash(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
  return a.port === b.port && a.protocol === b.protocol && sameAddress;
}

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
