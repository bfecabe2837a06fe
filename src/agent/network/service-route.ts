import { readFile } from 'node:fs/promises';
import { type Cidr, parseCidr } from '../../lib/ipv4.ts';
import { run } from './command.ts';

/** As all our routes are marked. */
const ROUTE_PROTOCOL = '84';

/**
 * A route for Services' addresses: the kernel looks one up before the rules turn the packet, and a node without a default
 * route could reach none. Through the pods' bridge, so that such packets bear an address of this node's pods.
 */
export async function ensureServiceRoute(serviceCidr: string, bridge: string): Promise<void> {
  const range = parseCidr(serviceCidr);
  if (!range || hasRoute(await readFile('/proc/net/route', 'utf8'), range, bridge)) return;
  await run('ip', ['route', 'replace', serviceCidr, 'dev', bridge, 'proto', ROUTE_PROTOCOL]);
}

/** @param table text of /proc/net/route: addresses in hex, the last byte first: 10.43.0.0 is 00002B0A */
export function hasRoute(table: string, { base }: Cidr, link: string): boolean {
  const bytes = [base & 255, (base >>> 8) & 255, (base >>> 16) & 255, base >>> 24];
  const destination = bytes
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
  return table.split('\n').some((line) => {
    const [name, found] = line.split('\t');
    return name === link && found === destination;
  });
}
