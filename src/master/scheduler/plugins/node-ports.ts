import type { Pod } from '../../../api/types.ts';
import type { FilterPlugin } from '../framework.ts';

interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

function hostPorts(pod: Pod): HostPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return [...sidecars, ...pod.spec.containers]
    .flatMap((container) => container.ports ?? [])
    .filter((port) => port.hostPort)
    .map((port) => ({ ip: port.hostIP || '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort ?? 0 }));
}

/** The wildcard address takes the port on every address. */
function clash(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
  return a.port === b.port && a.protocol === b.protocol && sameAddress;
}

/** No hostPort of the pod is held by a pod of the node. */
export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  filter(pod, { pods }) {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return [];
    const held = pods.flatMap(hostPorts);
    return wanted.some((port) => held.some((other) => clash(port, other)))
      ? ["node(s) didn't have free ports for the requested pod ports"]
      : [];
  },
};
