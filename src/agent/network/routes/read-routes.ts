import type { NodeLink, ObservedRoutes, ObservedVxlan, Path, Route } from './observed-routes.ts';

/** One object of `ip -json`: which fields there are depends on the command. */
type Entry = Readonly<Record<string, unknown>>;

/** What the programs printed, one JSON array for each of their commands. */
export interface RouteTexts {
  /** `ip -4 -d -json -batch`: addresses, routes with our mark, VXLAN links, permanent neighbours. */
  readonly state: string;
  /** `ip -4 -json -force -batch`: `route get` of each peer; those that can't be reached are missing. */
  readonly paths: string;
  /** `bridge -json fdb show dev <vxlan>`; '' when there is no such link. */
  readonly forwarding: string;
}

/** Reads what the kernel showed. @param vxlanName which of the VXLAN links is ours. @throws SyntaxError for what is no JSON */
export function parseRoutes({ state, paths, forwarding }: RouteTexts, vxlanName: string): ObservedRoutes {
  const [links = [], routes = [], vxlans = [], neighbours = []] = parseBatch(state);
  const nodeLinks = links.map(parseLink);
  const vxlan = vxlans.find((entry) => text(entry.ifname) === vxlanName);
  return {
    links: nodeLinks,
    paths: new Map(parseBatch(paths).flatMap((entries) => entries.map((entry) => parsePath(entry, nodeLinks)))),
    routes: routes.map(parseRoute),
    vxlan: vxlan && parseVxlan(vxlan, { links, neighbours, forwarding: parseBatch(forwarding)[0] ?? [] }),
  };
}

/** Names of the VXLAN links in the state's text: whether there is ours must be known before its entries are asked for. */
export function vxlanNames(state: string): string[] {
  return (parseBatch(state)[2] ?? []).map(({ ifname }) => text(ifname));
}

/** Each command prints its array on a line of its own. */
function parseBatch(output: string): Entry[][] {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => list(JSON.parse(line)));
}

function parseLink(entry: Entry): NodeLink {
  return {
    name: text(entry.ifname),
    mtu: Number(entry.mtu),
    addresses: list(entry.addr_info).map(({ local }) => text(local)),
    isBroadcast: Array.isArray(entry.flags) && entry.flags.includes('BROADCAST'),
  };
}

/** Without a gateway the peer is on the link; over a tunnel that says little, since a tunnel takes only what it is set up for. */
function parsePath(entry: Entry, links: readonly NodeLink[]): [string, Path] {
  const [dst, dev] = [text(entry.dst), text(entry.dev)];
  if (entry.type === 'local') return [dst, { kind: 'self' }];
  const isNear = entry.gateway === undefined && entry.via === undefined;
  const isShared = links.some(({ name, isBroadcast }) => name === dev && isBroadcast);
  return [dst, { kind: isNear && isShared ? 'onLink' : 'routed', dev }];
}

function parseRoute(entry: Entry): Route {
  return {
    dst: text(entry.dst),
    via: text(entry.gateway),
    dev: text(entry.dev),
    isOnLink: Array.isArray(entry.flags) && entry.flags.includes('onlink'),
  };
}

function parseVxlan(
  entry: Entry,
  found: {
    readonly links: readonly Entry[];
    readonly neighbours: readonly Entry[];
    readonly forwarding: readonly Entry[];
  },
): ObservedVxlan {
  const name = text(entry.ifname);
  const data = record(record(entry.linkinfo).info_data);
  const own = found.links.find(({ ifname }) => text(ifname) === name);
  const addresses = list(own?.addr_info).map(({ local, prefixlen }) => `${text(local)}/${Number(prefixlen)}`);
  const neighbours = found.neighbours.filter(({ dev }) => text(dev) === name);
  return {
    name,
    vni: Number(data.id),
    local: text(data.local),
    mac: text(entry.address),
    mtu: Number(entry.mtu),
    ownAddress: addresses[0]?.split('/')[0] ?? '',
    isUp: Array.isArray(entry.flags) && entry.flags.includes('UP'),
    addresses,
    neighbours: new Map(neighbours.map(({ dst, lladdr }) => [text(dst), text(lladdr)])),
    // Entries without an outer address are the link's own multicast groups.
    forwarding: new Map(found.forwarding.filter(({ dst }) => dst).map(({ mac, dst }) => [text(mac), text(dst)])),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Entry {
  return typeof value === 'object' && value !== null ? (value as Entry) : {};
}

function list(value: unknown): Entry[] {
  return Array.isArray(value) ? value.map(record) : [];
}
