import type { Pod } from '../../../api/types.ts';

type PortBindings = Record<string, { HostIp: string; HostPort: string }[]>;

/**
 * hostPorts of all containers, published on the sandbox (it owns the network). Empty with hostNetwork: a listener is on
 * the node's ports already. 0.0.0.0 by name, or Docker starts a second proxy for IPv6.
 */
export function portOptions({ spec }: Pod): { ExposedPorts: Record<string, object>; PortBindings: PortBindings } {
  const bindings: PortBindings = {};
  const containers = spec.hostNetwork ? [] : [...(spec.initContainers ?? []), ...spec.containers];
  for (const { hostPort, containerPort, protocol = 'TCP', hostIP } of containers.flatMap(({ ports = [] }) => ports)) {
    if (!hostPort) continue;
    const key = `${containerPort}/${protocol.toLowerCase()}`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: hostIP || '0.0.0.0', HostPort: String(hostPort) }];
  }
  return { ExposedPorts: Object.fromEntries(Object.keys(bindings).map((key) => [key, {}])), PortBindings: bindings };
}
