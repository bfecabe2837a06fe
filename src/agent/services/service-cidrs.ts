import type { ServiceCIDR } from '../../api/types.ts';
import { cidrContains, cidrsOverlap, parseCidr, parseIpv4 } from '../../lib/ipv4.ts';
import type { ClusterSettings } from '../assignments.ts';

/**
 * The networks of Services' addresses, the cluster's own first. Left out is what would cut this node off: a range over the
 * network of pods or over the address of a node. IPv6 is not served.
 * @param addresses of the nodes
 */
export function usableServiceCidrs(
  settings: Pick<ClusterSettings, 'clusterCidr' | 'serviceCidr'> | undefined,
  added: readonly ServiceCIDR[],
  addresses: readonly string[],
): string[] {
  if (!settings) return [];
  const pods = parseCidr(settings.clusterCidr);
  const isUsable = (text: string) => {
    const cidr = parseCidr(text);
    if (!cidr || (pods && cidrsOverlap(cidr, pods))) return false;
    return !addresses.some((address) => cidrContains(cidr, parseIpv4(address) ?? -1));
  };
  const texts = added.flatMap(({ spec }) => spec.cidrs ?? []).filter(isUsable);
  return [...new Set([settings.serviceCidr, ...texts.sort()])].filter((text) => text !== '');
}
