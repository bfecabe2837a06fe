import { readFile } from 'node:fs/promises';
import { type Cidr, parseCidr } from '../../lib/ipv4.ts';
import { run } from './command.ts';
import { parseProcRoutes } from './proc-route.ts';

/** As all our routes are marked. */
const ROUTE_PROTOCOL = '84';

/**
 * A route for Services' addresses: the kernel looks one up before the rules turn the packet, and a node without a default
 * route could reach none. Through the pods' bridge, so that such packets bear an address of this node's pods.
 */
export async function ensureServiceRoute(serviceCidr: string, bridge: string): Promise<void> {
  const range = parseCidr(serviceCidr);
  if (!range || hasRoute(await readFile('/proc/net/route', 'utf8'), range)) return;
  await run('ip', ['route', 'replace', serviceCidr, 'dev', bridge, 'proto', ROUTE_PROTOCOL]);
}

/** Through whatever link: another agent of this machine serves as well, and a LAN of that range is not ours to take. @param table text of /proc/net/route */
export function hasRoute(table: string, { base, size }: Cidr): boolean {
  return parseProcRoutes(table).some(({ destination, mask }) => destination === base && mask === 2 ** 32 - size);
}
