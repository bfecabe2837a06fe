import { run, runAsFarAsItGoes } from '../command.ts';
import type { ObservedRoutes, Route } from './observed-routes.ts';
import {
  type DesiredRoutes,
  type OwnRoutes,
  planRouteRemoval,
  planRoutes,
  podMtu,
  type RouteAction,
  vxlanPeers,
} from './plan-routes.ts';
import { parseRoutes, vxlanNames } from './read-routes.ts';

/** Marks routes as ours (a number that no routing daemon has): they are listed and pruned by it. */
const ROUTE_PROTOCOL = '84';
const VXLAN_PORT = 8472;

export interface RoutesResult {
  /** What it took; empty when all was right. */
  readonly actions: readonly RouteAction[];
  /** Addresses of peers whose packets come through VXLAN. */
  readonly vxlanPeers: readonly string[];
  /** The largest packet that pods may send to those of other nodes; undefined for as much as their link takes. */
  readonly podMtu: number | undefined;
}

/**
 * One pass: the kernel's routes to other nodes' pods are what they must be.
 * @throws NetworkError ToolMissing, or CommandFailed when the kernel refused some of it (the rest is done)
 */
export async function ensureRoutes(desired: DesiredRoutes): Promise<RoutesResult> {
  const observed = await observe(desired.vxlanName, desired.peers);
  const actions = planRoutes(observed, desired);
  await performAll(actions);
  return { actions, vxlanPeers: vxlanPeers(observed, desired), podMtu: podMtu(observed, desired) };
}

/** Takes this agent's VXLAN link and routes away. */
export async function removeRoutes(own: OwnRoutes): Promise<void> {
  await performAll(planRouteRemoval(await observe(own.vxlanName, []), own));
}

async function observe(vxlanName: string, peers: readonly { readonly address: string }[]): Promise<ObservedRoutes> {
  const commands = [
    'addr show',
    `route show proto ${ROUTE_PROTOCOL}`,
    'link show type vxlan',
    'neigh show nud permanent',
  ];
  const gets = [...new Set(peers.map(({ address }) => `route get ${address}`))];
  const [state, paths] = await Promise.all([
    run('ip', ['-4', '-d', '-json', '-batch', '-'], commands.join('\n')),
    gets.length > 0 ? runAsFarAsItGoes('ip', ['-4', '-json', '-force', '-batch', '-'], gets.join('\n')) : '',
  ]);
  const hasVxlan = vxlanNames(state).includes(vxlanName);
  const forwarding = hasVxlan ? await run('bridge', ['-json', 'fdb', 'show', 'dev', vxlanName]) : '';
  return parseRoutes({ state, paths, forwarding }, vxlanName);
}

/** Links and addresses first, then what hangs on them. One refused line does not keep the others from being done. */
async function performAll(actions: readonly RouteAction[]): Promise<void> {
  const lines = actions.map((action) => ({ isBridge: isForwarding(action), line: render(action) }));
  const batch = (isBridge: boolean) => lines.filter((one) => one.isBridge === isBridge).map(({ line }) => line);
  const [ip, bridge] = [batch(false), batch(true)];
  const results = [];
  if (ip.length > 0) results.push(await attempt('ip', ip));
  if (bridge.length > 0) results.push(await attempt('bridge', bridge));
  for (const error of results) if (error) throw error;
}

async function attempt(program: string, lines: readonly string[]): Promise<unknown> {
  try {
    await run(program, ['-force', '-batch', '-'], `${lines.join('\n')}\n`);
    return undefined;
  } catch (error) {
    return error;
  }
}

function isForwarding(action: RouteAction): boolean {
  return action.do === 'putForwarding' || action.do === 'deleteForwarding';
}

/** A line for `ip -batch`, or `bridge -batch` where `isForwarding`. */
function render(action: RouteAction): string {
  switch (action.do) {
    case 'deleteLink':
      return `link del ${action.name}`;
    case 'addVxlan': {
      const { name, vni, local, mac, mtu } = action.link;
      // Not tied to an underlay link: it would go with it, and a node may reach its peers over several.
      return `link add ${name} address ${mac} mtu ${mtu} type vxlan id ${vni} local ${local} dstport ${VXLAN_PORT} nolearning`;
    }
    case 'setLinkUp':
      return `link set ${action.name} mtu ${action.mtu} up`;
    case 'addAddress':
      return `addr replace ${action.address} dev ${action.link}`;
    case 'deleteAddress':
      return `addr del ${action.address} dev ${action.link}`;
    case 'putNeighbour':
      return `neigh replace ${action.address} lladdr ${action.mac} dev ${action.link} nud permanent`;
    case 'deleteNeighbour':
      return `neigh del ${action.address} dev ${action.link}`;
    case 'putForwarding':
      return `fdb replace ${action.mac} dev ${action.link} dst ${action.to} self permanent`;
    case 'deleteForwarding':
      return `fdb del ${action.mac} dev ${action.link} dst ${action.to} self`;
    case 'putRoute':
      return `route replace ${renderRoute(action.route)}`;
    case 'deleteRoute':
      return `route del ${renderRoute(action.route)}`;
  }
}

function renderRoute({ dst, via, dev, isOnLink }: Route): string {
  const gateway = via ? `via ${via} ` : '';
  return `${dst} ${gateway}dev ${dev} proto ${ROUTE_PROTOCOL}${isOnLink ? ' onlink' : ''}`;
}
