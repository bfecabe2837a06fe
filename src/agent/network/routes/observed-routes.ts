/** What the kernel shows of links and routes, as far as routes to other nodes' pods depend on it. */
export interface ObservedRoutes {
  /** Links with IPv4 addresses. */
  readonly links: readonly NodeLink[];
  /** By address of a peer, how its packets go; one that is missing can't be reached. */
  readonly paths: ReadonlyMap<string, Path>;
  /** Those that carry our mark. */
  readonly routes: readonly Route[];
  /** The overlay's link; undefined when there is none. */
  readonly vxlan: ObservedVxlan | undefined;
}

export interface NodeLink {
  readonly name: string;
  readonly mtu: number;
  readonly addresses: readonly string[];
  /** Ethernet and its like, where a neighbour takes any packet. A tunnel (WireGuard, PPP) has no neighbours. */
  readonly isBroadcast: boolean;
}

export type Path = { readonly kind: 'self' } | { readonly kind: 'onLink' | 'routed'; readonly dev: string };

export interface Route {
  readonly dst: string;
  readonly via: string;
  readonly dev: string;
  /** The gateway is taken to be on the link though no address says so. */
  readonly isOnLink: boolean;
}

export interface VxlanLink {
  readonly name: string;
  readonly vni: number;
  /** This node's address, outside. */
  readonly local: string;
  readonly mac: string;
  readonly mtu: number;
  /** This node's address, inside: the source of what the node itself sends to pods. */
  readonly ownAddress: string;
}

export interface ObservedVxlan extends VxlanLink {
  readonly isUp: boolean;
  /** `10.42.3.0/32` */
  readonly addresses: readonly string[];
  /** Addresses inside → hardware address. */
  readonly neighbours: ReadonlyMap<string, string>;
  /** Hardware address → address outside. */
  readonly forwarding: ReadonlyMap<string, string>;
}
