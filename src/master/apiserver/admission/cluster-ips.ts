import { DEFAULT_SERVICE_CIDR } from '../../../api/kinds/service-cidr/names.ts';
import { isReadyCidr } from '../../../api/kinds/service-cidr.ts';
import type { ServiceCIDR } from '../../../api/types.ts';
import { cidrContains, formatIpv4, parseCidr, parseIpv4 } from '../../../lib/ipv4.ts';
import { type AddressRange, contains, parseRange, pickFree } from './address-pool.ts';

/** Fewer addresses than these are all network or broadcast. */
const MIN_SIZE = 4;

/** What new addresses may come from: the cluster's own range first, then the others by name. IPv4 alone. */
export function readyRanges(cidrs: readonly ServiceCIDR[]): AddressRange[] {
  const rank = ({ metadata: { name } }: ServiceCIDR) => (name === DEFAULT_SERVICE_CIDR ? '' : name);
  return cidrs
    .filter(isReadyCidr)
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .flatMap(({ spec }) => spec.cidrs ?? [])
    .filter((cidr) => (parseCidr(cidr)?.size ?? 0) >= MIN_SIZE)
    .map(parseRange);
}

/** A free address, of the first range that has one. @param pick a random integer below its argument */
export function pickClusterIp(
  ranges: readonly AddressRange[],
  isTaken: (ip: string) => boolean,
  pick: (below: number) => number,
): string | undefined {
  for (const { first, firstDynamic: middle, last } of ranges) {
    const free = pickFree({ first, middle, last }, (candidate) => isTaken(formatIpv4(candidate)), pick);
    if (free !== undefined) return formatIpv4(free);
  }
  return undefined;
}

/** Why a Service cannot have this very address; undefined when it can, or when it is not even one (validation says so better). */
export function whyOutOfRange(ip: string, ranges: readonly AddressRange[]): string | undefined {
  const number = parseIpv4(ip);
  if (number === undefined || ranges.some((range) => contains(range, ip))) return undefined;
  const around = ranges.map(({ cidr }) => parseCidr(cidr)).find((cidr) => cidr && cidrContains(cidr, number));
  return around
    ? `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${around.text}`
    : 'the provided network does not match the current range';
}
