import { type Cidr, cidrContains, formatIpv4, parseCidr, parseIpv4 } from '../../../lib/ipv4.ts';
import type { ObservedRoutes, Route, VxlanLink } from './observed-routes.ts';

/** Another node, and how its pods are called. */
export interface RoutePeer {
  readonly name: string;
  readonly podCidr: string;
  readonly address: string;
}

export interface DesiredRoutes {
  /** This node's pods and the address that others send to. */
  readonly podCidr: string;
  readonly address: string;
  /** `10.42.0.0/16`; '' while it is not known. */
  readonly clusterCidr: string;
  readonly peers: readonly RoutePeer[];
  /** The peers are all there are: what leads to others is to go. */
  readonly isComplete: boolean;
  /** Name of the VXLAN link: `bramble.vx`. */
  readonly vxlanName: string;
}

export type RouteAction =
  | { readonly do: 'deleteLink'; readonly name: string }
  | { readonly do: 'addVxlan'; readonly link: VxlanLink }
  | { readonly do: 'setLinkUp'; readonly name: string; readonly mtu: number }
  | { readonly do: 'addAddress' | 'deleteAddress'; readonly address: string; readonly link: string }
  | { readonly do: 'putNeighbour'; readonly address: string; readonly mac: string; readonly link: string }
  | { readonly do: 'deleteNeighbour'; readonly address: string; readonly link: string }
  | {
      readonly do: 'putForwarding' | 'deleteForwarding';
      readonly mac: string;
      readonly to: string;
      readonly link: string;
    }
  | { readonly do: 'putRoute' | 'deleteRoute'; readonly route: Route };

/** A VXLAN header with what it is wrapped in: 14 Ethernet, 20 IPv4, 8 UDP, 8 VXLAN. */
const VXLAN_OVERHEAD = 50;
const FALLBACK_MTU = 1500;

/** What leads to one peer: straight over a link that both are on, or through VXLAN. */
type Way = { readonly peer: RoutePeer; readonly route: Route; readonly isVxlan: boolean };

/**
 * The peers whose pods can be given a route: inside the cluster's range, beside this node's own, one for each range. Anything else
 * in a Node object must not turn this machine's traffic.
 */
export function usablePeers({ peers, podCidr, clusterCidr }: DesiredRoutes): RoutePeer[] {
  const [own, cluster] = [parseCidr(podCidr), parseCidr(clusterCidr)];
  if (!own || !cluster) return [];
  const taken: Cidr[] = [own];
  return peers.toSorted(byName).filter((peer) => {
    const range = parseCidr(peer.podCidr);
    if (!range || parseIpv4(peer.address) === undefined || !isWithin(range, cluster)) return false;
    if (taken.some((other) => isWithin(range, other) || isWithin(other, range))) return false;
    taken.push(range);
    return true;
  });
}

function isWithin(inner: Cidr, outer: Cidr): boolean {
  return cidrContains(outer, inner.base) && cidrContains(outer, inner.base + inner.size - 1);
}

function byName(a: RoutePeer, b: RoutePeer): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** Addresses of the peers that are reached through VXLAN: the firewall lets their packets in. */
export function vxlanPeers(observed: ObservedRoutes, desired: DesiredRoutes): string[] {
  return waysTo(observed, desired)
    .filter(({ isVxlan }) => isVxlan)
    .map(({ peer }) => peer.address);
}

/** The largest packet that pods may send to those of other nodes; undefined for as much as their link takes. */
export function podMtu(observed: ObservedRoutes, desired: DesiredRoutes): number | undefined {
  const overlay = waysTo(observed, desired).filter(({ isVxlan }) => isVxlan);
  if (overlay.length === 0) return desired.isComplete ? undefined : observed.vxlan?.mtu;
  const peers = overlay.map(({ peer }) => peer);
  return overlayMtu(observed, desired, peers);
}

/**
 * Decides what brings the kernel to routes to every peer's pods, in the order to do it; empty when they are there.
 * Peers on the same link get a plain route, the others VXLAN with fixed neighbour and forwarding entries; both may be mixed.
 */
export function planRoutes(observed: ObservedRoutes, desired: DesiredRoutes): RouteAction[] {
  const ways = waysTo(observed, desired);
  const overlay = ways.filter(({ isVxlan }) => isVxlan).map(({ peer }) => peer);
  const { actions, isNew } = planVxlan(observed, desired, overlay);
  const isRemoved = actions.some((action) => action.do === 'deleteLink');
  // Routes over a link that goes away go with it.
  const left = observed.routes.filter((route) => !(isRemoved || isNew) || route.dev !== desired.vxlanName);
  const wanted = ways.map(({ route }) => route);
  const put = wanted.filter((route) => !left.some((other) => isSameRoute(other, route)));
  return [
    ...actions,
    ...put.map((route) => ({ do: 'putRoute', route }) as const),
    ...staleRoutes(left, wanted, desired).map((route) => ({ do: 'deleteRoute', route }) as const),
  ];
}

/** By what an agent knows its link and routes when it no longer knows its peers. */
export interface OwnRoutes {
  readonly vxlanName: string;
  readonly bridge: string;
  /** '' when it is not known: then only what hangs on the agent's own links is its own. */
  readonly clusterCidr: string;
}

/**
 * What takes an agent's link and routes away. Another agent on this machine keeps what it needs: routes of its own cluster, and of the same
 * cluster all that both share, until it goes itself.
 */
export function planRouteRemoval({ links, routes, vxlan }: ObservedRoutes, own: OwnRoutes): RouteAction[] {
  const { vxlanName, bridge } = own;
  const cluster = parseCidr(own.clusterCidr);
  const isInCluster = (address: string) => cluster !== undefined && cidrContains(cluster, parseIpv4(address) ?? -1);
  const isShared = links.some(
    ({ name, addresses }) => name !== bridge && name !== vxlanName && addresses.some(isInCluster),
  );
  const isOwn = ({ dst, dev }: Route) =>
    dev === bridge || (!isShared && dev !== vxlanName && isInCluster(dst.split('/')[0] ?? ''));
  return [
    ...(vxlan && !isShared ? [{ do: 'deleteLink', name: vxlanName } as const] : []),
    ...routes.filter(isOwn).map((route) => ({ do: 'deleteRoute', route }) as const),
  ];
}

function waysTo(observed: ObservedRoutes, desired: DesiredRoutes): Way[] {
  const { vxlanName } = desired;
  return usablePeers(desired).flatMap((peer): Way[] => {
    const path = observed.paths.get(peer.address);
    const there = observed.routes.find(({ dst }) => dst === peer.podCidr);
    // Without a way to the node itself (its link is down for now) what is there stays: it does no harm.
    if (!path) return there ? [{ peer, route: there, isVxlan: there.dev === vxlanName }] : [];
    // Two nodes of one machine: the kernel knows the other's bridge already.
    if (path.kind === 'self') return [];
    if (path.kind === 'onLink')
      return [
        { peer, isVxlan: false, route: { dst: peer.podCidr, via: peer.address, dev: path.dev, isOnLink: false } },
      ];
    return [{ peer, isVxlan: true, route: { dst: peer.podCidr, via: vtepOf(peer), dev: vxlanName, isOnLink: true } }];
  });
}

/** Ours that lead to no peer any more. Only inside this cluster's range: another cluster's agent may run here too. */
function staleRoutes(left: readonly Route[], wanted: readonly Route[], desired: DesiredRoutes): Route[] {
  const cluster = parseCidr(desired.clusterCidr);
  if (!desired.isComplete || !cluster) return [];
  return left.filter(({ dst }) => {
    const range = parseCidr(dst);
    return range && isWithin(range, cluster) && !wanted.some((route) => route.dst === dst);
  });
}

function isSameRoute(a: Route, b: Route): boolean {
  return a.dst === b.dst && a.via === b.via && a.dev === b.dev && a.isOnLink === b.isOnLink;
}

interface VxlanPlan {
  readonly actions: readonly RouteAction[];
  /** Made anew: nothing that hung on an earlier one is left. */
  readonly isNew: boolean;
}

function planVxlan(observed: ObservedRoutes, desired: DesiredRoutes, peers: readonly RoutePeer[]): VxlanPlan {
  const { vxlan } = observed;
  const { vxlanName: name, isComplete } = desired;
  if (peers.length === 0) return { actions: vxlan && isComplete ? [{ do: 'deleteLink', name }] : [], isNew: false };
  const link = vxlanLinkFor(desired, overlayMtu(observed, desired, peers));
  const isKept = vxlan !== undefined && isSameLink(vxlan, link);
  const there = isKept ? vxlan : undefined;
  const address = `${link.ownAddress}/32`;
  const isUp = there?.isUp === true && there.mtu === link.mtu;
  return {
    isNew: !isKept,
    actions: [
      // It holds this node's address, which can't be changed in place.
      ...(vxlan && !isKept ? [{ do: 'deleteLink', name } as const] : []),
      ...(isKept ? [] : [{ do: 'addVxlan', link } as const]),
      ...(isUp ? [] : [{ do: 'setLinkUp', name, mtu: link.mtu } as const]),
      ...planAddresses(there?.addresses ?? [], address, name),
      ...planEntries(there, peers, desired),
    ],
  };
}

/** As much as fits into a packet over each of the links that lead to these peers: one of them may be a tunnel itself. */
function overlayMtu({ links, paths }: ObservedRoutes, desired: DesiredRoutes, peers: readonly RoutePeer[]): number {
  const used = peers.map(({ address }) => paths.get(address)).map((path) => path && 'dev' in path && path.dev);
  const mtus = links
    .filter(({ name, addresses }) => used.includes(name) || addresses.includes(desired.address))
    .map(({ mtu }) => mtu);
  return (mtus.length > 0 ? Math.min(...mtus) : FALLBACK_MTU) - VXLAN_OVERHEAD;
}

function planAddresses(there: readonly string[], wanted: string, link: string): RouteAction[] {
  const stale = there.filter((address) => address !== wanted);
  return [
    ...(there.includes(wanted) ? [] : [{ do: 'addAddress', address: wanted, link } as const]),
    ...stale.map((address) => ({ do: 'deleteAddress', address, link }) as const),
  ];
}

/** Neighbour and forwarding entries: nothing is learned, nothing is asked of the network. */
function planEntries(
  there: ObservedRoutes['vxlan'],
  peers: readonly RoutePeer[],
  { vxlanName: link, isComplete }: DesiredRoutes,
): RouteAction[] {
  const neighbours = there?.neighbours ?? new Map<string, string>();
  const forwarding = there?.forwarding ?? new Map<string, string>();
  const macs = new Map(peers.map((peer) => [vtepOf(peer), macOf(peer.address)]));
  const targets = new Map(peers.map((peer) => [macOf(peer.address), peer.address]));
  const differs =
    (found: ReadonlyMap<string, string>) =>
    ([key, value]: [string, string]) =>
      found.get(key) !== value;
  const stale = (found: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>) =>
    isComplete ? [...found].filter(([key]) => !wanted.has(key)) : [];
  return [
    ...[...macs]
      .filter(differs(neighbours))
      .map(([address, mac]) => ({ do: 'putNeighbour', address, mac, link }) as const),
    ...[...targets].filter(differs(forwarding)).map(([mac, to]) => ({ do: 'putForwarding', mac, to, link }) as const),
    ...stale(neighbours, macs).map(([address]) => ({ do: 'deleteNeighbour', address, link }) as const),
    ...stale(forwarding, targets).map(([mac, to]) => ({ do: 'deleteForwarding', mac, to, link }) as const),
  ];
}

function vxlanLinkFor({ vxlanName, address, podCidr, clusterCidr }: DesiredRoutes, mtu: number): VxlanLink {
  // The cluster's range names its network, so that nodes of two clusters on one machine do not meet: 10.42.0 is 666112.
  const vni = Math.floor((parseCidr(clusterCidr)?.base ?? 0) / 256);
  return { name: vxlanName, vni, local: address, mac: macOf(address), mtu, ownAddress: baseOf(podCidr) };
}

function isSameLink(a: VxlanLink, b: VxlanLink): boolean {
  return a.vni === b.vni && a.local === b.local && a.mac === b.mac;
}

/** A node's own address in the overlay: the first of its range, which no pod and no bridge has. */
function vtepOf({ podCidr }: Pick<RoutePeer, 'podCidr'>): string {
  return baseOf(podCidr);
}

function baseOf(podCidr: string): string {
  return formatIpv4(parseCidr(podCidr)?.base ?? 0);
}

/** The hardware address of a node's VXLAN link, made of its address so that nothing is to be exchanged: 192.168.77.11 has 02:42:c0:a8:4d:0b. */
export function macOf(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}
