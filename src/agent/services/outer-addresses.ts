import { isIPv4 } from 'node:net';
import { portKey } from '../../api/kinds/service/own-ports.ts';
import type { Service, ServicePort } from '../../api/types.ts';

/** Ports that stay with the nodes, whatever a Service says. */
export interface Guard {
  /** Of this node and of all others. */
  readonly addresses: ReadonlySet<string>;
  /** `22/TCP` */
  readonly ports: ReadonlySet<string>;
}

/** Addresses of its load balancer whose packets come to nodes as they were sent. */
export function balancedIpsOf({ spec, status }: Service): string[] {
  const ingress = spec.type === 'LoadBalancer' ? (status?.loadBalancer?.ingress ?? []) : [];
  // ipMode Proxy: the load balancer hands connections to node ports itself and its address is not ours to answer (KEP-1860).
  return inOrder(ingress.filter(({ ipMode }) => ipMode !== 'Proxy').map(({ ip }) => ip ?? ''));
}

/** spec.externalIPs, where its load balancer does not have them already. */
export function externalIpsOf(service: Service): string[] {
  const balanced = new Set(balancedIpsOf(service));
  return inOrder((service.spec.externalIPs ?? []).filter((ip) => !balanced.has(ip)));
}

/** Who could take SSH or the API from a node by naming its address would lock everybody out. */
export function unlessGuarded(ips: readonly string[], port: ServicePort, { addresses, ports }: Guard): string[] {
  return ports.has(portKey(port)) ? ips.filter((ip) => !addresses.has(ip)) : [...ips];
}

function inOrder(ips: readonly string[]): string[] {
  return [...new Set(ips)].filter(isIPv4).sort();
}
