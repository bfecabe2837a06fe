import type { NetworkInterfaceInfo } from 'node:os';
import { INNER_LINK } from '../../lib/inner-links.ts';
import { type Cidr, cidrContains, parseIpv4 } from '../../lib/ipv4.ts';

const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

export interface MasterPlace {
  /** Where agents are listened for. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly advertiseAddress: string;
  readonly hostname: string;
  /** Networks of pods and Services: addresses in them are not the machine's own. */
  readonly inner: readonly Cidr[];
  readonly interfaces: Readonly<
    Record<string, readonly Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[] | undefined>
  >;
}

/**
 * Where agents can reach this master, `host:port`, the best first: as advertised, at its other addresses, and by name, which finds
 * a machine whose address has changed while nobody was connected. A wrong one does no harm: agents ask for the cluster's CA.
 * @returns empty for a master that only its own machine reaches
 */
export function masterAddresses({ listen, advertiseAddress, hostname, inner, interfaces }: MasterPlace): string[] {
  const at = (host: string) => `${host}:${listen.port}`;
  if (!EVERYWHERE.has(listen.host)) return isLoopback(listen.host) ? [] : [at(listen.host)];
  const own = Object.entries(interfaces)
    .filter(([link]) => !INNER_LINK.test(link))
    .flatMap(([, addresses = []]) => addresses)
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !isInner(address, inner))
    .map(({ address }) => address)
    .sort();
  const name = hostname.toLowerCase();
  const names = /^localhost\b/.test(name) ? [] : name.includes('.') ? [name] : [name, `${name}.local`];
  return [...new Set([advertiseAddress, ...own, ...names])].filter((host) => host !== '').map(at);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function isInner(address: string, inner: readonly Cidr[]): boolean {
  const value = parseIpv4(address);
  // 169.254: given by nobody, good on one link, and gone tomorrow.
  if (value === undefined || address.startsWith('169.254.')) return true;
  return inner.some((cidr) => cidrContains(cidr, value));
}
