import { readFile } from 'node:fs/promises';
import { parseCidr } from '../../lib/ipv4.ts';
import { run } from './command.ts';
import { type ProcRoute, parseProcRoutes } from './proc-route.ts';

/** As all our routes are marked. */
const ROUTE_PROTOCOL = '84';

/**
 * Routes for Services' addresses: the kernel looks one up before the rules turn the packet, and a node without a default
 * route could reach none. Through the pods' bridge, so that such packets bear an address of this node's pods.
 */
export async function ensureServiceRoutes(serviceCidrs: readonly string[], bridge: string): Promise<void> {
  const there = parseProcRoutes(await readFile('/proc/net/route', 'utf8'));
  const missing = serviceCidrs.filter((cidr) => !hasRoute(there, cidr));
  for (const cidr of missing) await run('ip', ['route', 'replace', cidr, 'dev', bridge, 'proto', ROUTE_PROTOCOL]);
  // Beside them only pods' own network leads there.
  const known = serviceCidrs.filter((cidr) => hasRoute(there, cidr));
  if (there.filter(({ link }) => link === bridge).length <= 1 + known.length) return;
  const ours = await run('ip', ['-4', '-json', 'route', 'show', 'proto', ROUTE_PROTOCOL, 'dev', bridge]);
  for (const cidr of staleRoutes(ours, serviceCidrs)) await run('ip', ['route', 'del', cidr, 'dev', bridge]);
}

/** Through whatever link: another agent of this machine serves as well, and a LAN of that range is not ours to take. */
export function hasRoute(routes: readonly ProcRoute[], cidr: string): boolean {
  const range = parseCidr(cidr);
  return routes.some(({ destination, mask }) => destination === range?.base && mask === 2 ** 32 - range.size);
}

/** Networks that routes of ours lead to and that are no Services' any more. @param shown `ip -json route show` of the bridge; no route, no text */
export function staleRoutes(shown: string, serviceCidrs: readonly string[]): string[] {
  const routes = shown.trim() === '' ? [] : (JSON.parse(shown) as { readonly dst: string }[]);
  return routes.map(({ dst }) => (dst.includes('/') ? dst : `${dst}/32`)).filter((dst) => !serviceCidrs.includes(dst));
}
