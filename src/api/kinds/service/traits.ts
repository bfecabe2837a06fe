import type { Service } from '../../types.ts';

export type ServiceSpec = Service['spec'];

/** `clusterIP: None`: names resolve to the pods themselves. */
export const HEADLESS = 'None';

/** Has an address of the service range, or is headless. */
export function needsClusterIp({ type }: ServiceSpec): boolean {
  return type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer';
}

/** May have ports on every node, which are kept, checked and served. Source: core, registry/service (strategy.go, needsNodePort). */
export function needsNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

/**
 * Is given node ports where it asks for none. A load balancer may refuse that and has then only those that it asks for.
 * Source: core, registry/service (alloc.go, shouldAllocateNodePorts).
 */
export function allocatesNodePorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

/** A port of its own on which nodes say whether they hold endpoints. */
export function needsHealthCheckNodePort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

export function isHeadless({ clusterIP, clusterIPs }: ServiceSpec): boolean {
  return clusterIPs?.length ? clusterIPs.length === 1 && clusterIPs[0] === HEADLESS : clusterIP === HEADLESS;
}

/** Somebody outside of the cluster can reach it: only then externalTrafficPolicy means anything. */
export function isExternallyAccessible({ type, externalIPs }: ServiceSpec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && Boolean(externalIPs?.length));
}

export function hasSelector({ selector }: ServiceSpec): boolean {
  return Object.keys(selector ?? {}).length > 0;
}
