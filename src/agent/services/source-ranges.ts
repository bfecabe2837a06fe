import { formatIpv4, parseIpv4 } from '../../lib/ipv4.ts';

interface Range {
  readonly base: number;
  readonly bits: number;
}

/** What nobody's source is in: a Service whose ranges are all of another family is for none of IPv4. */
const NOBODY = '0.0.0.0/32';

/**
 * spec.loadBalancerSourceRanges as nftables takes them: IPv4, without host bits, none within another, in one order. One range that
 * the kernel refused would keep the rules of all Services from it.
 * @param allowed let in whenever the node itself is: what asks at a load balancer's address on its own node comes from that address
 * @returns empty: everybody
 */
export function sourceRangesOf(
  ranges: readonly string[],
  { nodeIp, allowed }: { readonly nodeIp: string; readonly allowed: readonly string[] },
): string[] {
  if (ranges.length === 0) return [];
  const given = ranges.flatMap(parseRange);
  const own = parseIpv4(nodeIp);
  const isNodeIn = own !== undefined && given.some((range) => contains(range, { base: own, bits: 32 }));
  const all = isNodeIn ? [...given, ...allowed.flatMap((ip) => parseRange(`${ip}/32`))] : given;
  if (all.some(({ bits }) => bits === 0)) return [];
  const widest = all.toSorted((a, b) => a.bits - b.bits || a.base - b.base);
  const kept = widest.filter((range, index) => !widest.slice(0, index).some((wider) => contains(wider, range)));
  return kept.length > 0 ? kept.map(({ base, bits }) => `${formatIpv4(base)}/${bits}`) : [NOBODY];
}

function parseRange(text: string): Range[] {
  const [address = '', length = ''] = text.trim().split('/');
  const value = parseIpv4(address);
  const bits = Number(length);
  if (value === undefined) return [];
  const size = 2 ** (32 - bits);
  return [{ base: Math.floor(value / size) * size, bits }];
}

function contains(outer: Range, inner: Range): boolean {
  return outer.bits <= inner.bits && inner.base >= outer.base && inner.base < outer.base + 2 ** (32 - outer.bits);
}
