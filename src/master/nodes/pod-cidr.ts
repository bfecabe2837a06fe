import { formatIpv4, parseCidr } from '../../lib/ipv4.ts';

/** Addresses of one node: a /24. */
const NODE_SIZE = 256;

/**
 * The first /24 of the cluster's CIDR that no node has. `10.42.0.0/16` holds 256: 10.42.0.0/24 to 10.42.255.0/24.
 * @param used podCIDRs given out; others than IPv4 /24 are ignored.
 * @returns undefined when all are taken.
 */
export function nextPodCidr(clusterCidr: string, used: ReadonlySet<string>): string | undefined {
  const cluster = parseCidr(clusterCidr);
  if (!cluster) return undefined;
  for (let base = cluster.base; base + NODE_SIZE <= cluster.base + cluster.size; base += NODE_SIZE) {
    const cidr = `${formatIpv4(base)}/24`;
    if (!used.has(cidr)) return cidr;
  }
  return undefined;
}
