import { INNER_LINK } from '../../lib/inner-links.ts';
import { type Cidr, cidrContains, formatIpv4, parseCidr, parseIpv4 } from '../../lib/ipv4.ts';

/** A link of this machine to a network of others. */
export interface LanLink {
  readonly name: string;
  readonly subnets: readonly Cidr[];
  /** This machine's own on it. */
  readonly own: readonly string[];
  /** Held for Services: ours to take away. */
  readonly held: readonly string[];
}

/** By this metric our addresses are known, whoever made the others: as routes to pods are by their protocol of that number. */
export const METRIC = 84;

interface AddressEntry {
  readonly local?: string;
  readonly prefixlen?: number;
  readonly scope?: string;
  readonly metric?: number;
}

interface LinkEntry {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly addr_info?: readonly AddressEntry[];
}

/**
 * Reads `ip -4 -json address show up`.
 * @param bridge this node's pods are on it @throws SyntaxError for what is no JSON
 */
export function parseLinks(text: string, bridge: string): LanLink[] {
  const entries = JSON.parse(text.trim() || '[]') as readonly LinkEntry[];
  return entries
    .filter(
      ({ ifname = '', flags = [] }) => flags.includes('BROADCAST') && ifname !== bridge && !INNER_LINK.test(ifname),
    )
    .map(({ ifname = '', addr_info = [] }) => {
      const held = addr_info.filter(({ prefixlen, metric }) => prefixlen === 32 && metric === METRIC);
      const own = addr_info.filter((entry) => entry.scope === 'global' && !held.includes(entry));
      const localOf = ({ local = '' }: AddressEntry) => local;
      return { name: ifname, subnets: own.flatMap(subnetOf), own: own.map(localOf), held: held.map(localOf) };
    });
}

function subnetOf({ local = '', prefixlen = 32 }: AddressEntry): Cidr[] {
  const value = parseIpv4(local);
  // Two addresses or one: nobody else's place is in there.
  if (value === undefined || prefixlen > 30) return [];
  const size = 2 ** (32 - prefixlen);
  const cidr = parseCidr(`${formatIpv4(value - (value % size))}/${prefixlen}`);
  return cidr ? [cidr] : [];
}

/** The link that an address can be held on. */
export function linkFor(address: string, links: readonly LanLink[]): LanLink | undefined {
  const value = parseIpv4(address);
  return value === undefined
    ? undefined
    : links.find(({ subnets }) => subnets.some((cidr) => cidrContains(cidr, value)));
}
