import { type Cidr, formatIpv4, parseCidr } from '../../lib/ipv4.ts';
import { NetworkError } from './network-error.ts';

/** @throws NetworkError InvalidCidr unless `text` is like `10.42.3.0/24`, with no bit set past the prefix */
export function requireCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new NetworkError('InvalidCidr', `${text} is not an IPv4 range like 10.42.3.0/24`);
  return cidr;
}

/** The node's own address on its pod bridge: the first of the range. */
export function gatewayOf({ base }: Cidr): string {
  return formatIpv4(base + 1);
}
