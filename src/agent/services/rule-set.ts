import { createHash } from 'node:crypto';
import type { Protocol, ServicePort, Target } from './service-port.ts';

/** Maps and sets of the table whose elements are Services' own; the rules that look into them never change. */
export const MAPS = [
  'eps_tcp',
  'eps_udp',
  'eps_sctp',
  'npeps_tcp',
  'npeps_udp',
  'npeps_sctp',
  'noep',
  'npnoep',
  'hairpin',
  'svc',
  'lb_all',
  'lb_loc',
  'np',
  'np_all',
  'np_loc',
] as const;
export type MapName = (typeof MAPS)[number];

/** What the table must hold beside its fixed rules: a value that two of can be compared. */
export interface RuleSet {
  /** Key → value by map; '' in a set, which has keys only. */
  readonly elements: Readonly<Record<MapName, ReadonlyMap<string, string>>>;
  /** Chains by name, their rules in order: shared ones per number of endpoints, and a few per Service with affinity or source ranges. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Sets that remember clients, by name: for how many seconds. Their elements are the kernel's own. */
  readonly affinitySets: ReadonlyMap<string, number>;
}

/** Index of the first local endpoint in the maps of endpoints: above what one Service can have of all. */
const LOCAL_OFFSET = 32_768;
/** Marks connections that leave masqueraded, so that their answers come back through this node. */
export const MARK = 'meta mark set meta mark or 0x10000';

/** Node ports are found by protocol and port, the rest by address, too. */
type Scope = 'address' | 'nodePort';

/** A way in from outside. */
interface Door {
  readonly scope: Scope;
  /** Empty: for everybody. */
  readonly sourceRanges: readonly string[];
}

/** Builds the elements and chains of all ports. */
class Builder {
  readonly elements = Object.fromEntries(MAPS.map((name) => [name, new Map<string, string>()])) as Record<
    MapName,
    Map<string, string>
  >;
  readonly chains = new Map<string, readonly string[]>();
  readonly affinitySets = new Map<string, number>();
  readonly #clusterCidr: string;

  constructor(clusterCidr: string) {
    this.#clusterCidr = clusterCidr;
  }

  inside(port: ServicePort): void {
    for (const ip of port.clusterIps) this.#clusterIp(port, ip);
  }

  outside(port: ServicePort): void {
    for (const ip of port.balancedIps) this.#address(port, ip, port.sourceRanges);
    for (const ip of port.externalIps) this.#address(port, ip, []);
    if (port.nodePort > 0)
      this.#external(port, `${port.protocol} . ${port.nodePort}`, { scope: 'nodePort', sourceRanges: [] });
    const here = [...port.targets.filter(({ isLocal }) => isLocal), ...port.localTargets];
    for (const { ip } of here) this.elements.hairpin.set(`${ip} . ${ip}`, '');
  }

  #clusterIp(port: ServicePort, ip: string): void {
    const key = `${ip} . ${port.protocol} . ${port.port}`;
    const targets = port.isInternalLocal ? port.localTargets : port.targets;
    if (port.targets.length === 0) this.elements.noep.set(key, '');
    else if (targets.length === 0) this.elements.svc.set(key, 'drop');
    else this.elements.svc.set(key, `goto ${this.#inside(port, key, targets)}`);
  }

  /** From inside: who is no pod is masqueraded. @returns the chain */
  #inside(port: ServicePort, key: string, targets: readonly Target[]): string {
    const marked = `ip saddr != ${this.#clusterCidr} ${MARK}`;
    if (port.affinitySeconds !== undefined) {
      const chain = this.#affinity(port, targets);
      return this.#chain(`afc-${hash(chain)}`, [marked, `goto ${chain}`]);
    }
    this.#targets(mapOf('address', port.protocol), key, targets, 0);
    return this.#chain(`cl${targets.length}`, [marked, ...draw('address', targets.length, 0)]);
  }

  /** An address from outside is the first one's that claims it, and never a cluster IP. */
  #address(port: ServicePort, ip: string, sourceRanges: readonly string[]): void {
    const key = `${ip} . ${port.protocol} . ${port.port}`;
    const { svc, noep } = this.elements;
    if (!svc.has(key) && !noep.has(key)) this.#external(port, key, { scope: 'address', sourceRanges });
  }

  /** From outside, to a node port or to an address that is not the cluster's. */
  #external(port: ServicePort, key: string, { scope, sourceRanges }: Door): void {
    const { svc, noep, np, npnoep } = this.elements;
    if (port.targets.length === 0) {
      (scope === 'address' ? noep : npnoep).set(key, '');
      return;
    }
    const chain = port.isExternalLocal ? this.#local(port, key, scope) : this.#anywhere(port, key, scope);
    if (scope === 'nodePort') np.set(key, `goto ${chain}`);
    else svc.set(key, `goto ${this.#fenced(port, chain, sourceRanges)}`);
  }

  #anywhere(port: ServicePort, key: string, scope: Scope): string {
    const { targets } = port;
    if (port.affinitySeconds !== undefined) {
      const chain = this.#affinity(port, targets);
      return this.#chain(`afx-${hash(chain)}`, [MARK, `goto ${chain}`]);
    }
    this.#targets(mapOf(scope, port.protocol), key, targets, 0);
    const name = scope === 'address' ? 'cx' : 'nx';
    return this.#chain(`${name}${targets.length}`, [MARK, ...draw(scope, targets.length, 0)]);
  }

  /**
   * externalTrafficPolicy Local: clients keep their address and reach this node's endpoints only; pods and the node itself
   * are inside already and reach all. @returns the chain that tells them apart
   */
  #local(port: ServicePort, key: string, scope: Scope): string {
    const { lb_all, lb_loc, np_all, np_loc } = this.elements;
    const [all, local] = scope === 'address' ? [lb_all, lb_loc] : [np_all, np_loc];
    all.set(key, `goto ${this.#unmarked(port, key, { scope, targets: port.targets, offset: 0 })}`);
    if (port.localTargets.length > 0) {
      const place = { scope, targets: port.localTargets, offset: LOCAL_OFFSET };
      local.set(key, `goto ${this.#unmarked(port, key, place)}`);
    }
    return scope === 'address' ? 'lbl' : 'npl';
  }

  #unmarked(
    port: ServicePort,
    key: string,
    { scope, targets, offset }: { scope: Scope; targets: readonly Target[]; offset: number },
  ): string {
    if (port.affinitySeconds !== undefined) return this.#affinity(port, targets);
    this.#targets(mapOf(scope, port.protocol), key, targets, offset);
    const letter = scope === 'address' ? 'c' : 'n';
    const name = `${letter}${offset > 0 ? 'loc' : 'a'}${targets.length}`;
    return this.#chain(name, draw(scope, targets.length, offset));
  }

  /** spec.loadBalancerSourceRanges: others are dropped. */
  #fenced({ id }: ServicePort, chain: string, sourceRanges: readonly string[]): string {
    if (sourceRanges.length === 0) return chain;
    const ranges = sourceRanges.join(', ');
    return this.#chain(`src-${hash(id, chain, ranges)}`, [`ip saddr != { ${ranges} } drop`, `goto ${chain}`]);
  }

  /** Clients go where they went before; new ones where chance sends them. @returns the chain that looks, then draws */
  #affinity(port: ServicePort, targets: readonly Target[]): string {
    const seconds = port.affinitySeconds ?? 0;
    const ids = targets.map(({ ip, port: number }) => {
      const id = hash(port.id, port.protocol, ip, number, seconds);
      const set = `aff-${id}`;
      this.affinitySets.set(set, seconds);
      this.#chain(`ep-${id}`, [`update @${set} { ip saddr }`, `meta l4proto ${port.protocol} dnat to ${ip}:${number}`]);
      return id;
    });
    const verdicts = ids.map((id, index) => `${index} : goto ep-${id}`).join(', ');
    return this.#chain(`af-${hash(...ids)}`, [
      ...ids.map((id) => `ip saddr @aff-${id} goto ep-${id}`),
      `numgen random mod ${ids.length} vmap { ${verdicts} }`,
    ]);
  }

  #targets(map: EndpointMap, key: string, targets: readonly Target[], offset: number): void {
    for (const [index, { ip, port }] of targets.entries()) {
      this.elements[map].set(`${key} . ${offset + index}`, `${ip} . ${port}`);
    }
  }

  #chain(name: string, rules: readonly string[]): string {
    this.chains.set(name, rules);
    return name;
  }
}

type EndpointMap = `${'eps' | 'npeps'}_${Protocol}`;

function mapOf(scope: Scope, protocol: Protocol): EndpointMap {
  return scope === 'address' ? `eps_${protocol}` : `npeps_${protocol}`;
}

/** By how often they are asked for. */
const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

/**
 * One of `count` endpoints at random: the element under the packet's own key and a number. A map for each protocol: nft reads a
 * port of TCP out of a map's type and, when the map is there already, lets the rule match TCP alone.
 */
function draw(scope: Scope, count: number, offset: number): string[] {
  const key = scope === 'address' ? 'ip daddr . meta l4proto . th dport' : 'meta l4proto . th dport';
  const from = offset > 0 ? ` offset ${offset}` : '';
  return PROTOCOLS.map(
    (protocol) => `dnat ip to ${key} . numgen random mod ${count}${from} map @${mapOf(scope, protocol)}`,
  );
}

/** 12 hexadecimal digits: names of chains and sets have room for few more than a word. */
function hash(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}

/** What the table must hold for these ports. @param clusterCidr all nodes' pods: `10.42.0.0/16` */
export function ruleSetOf(ports: readonly ServicePort[], clusterCidr: string): RuleSet {
  const builder = new Builder(clusterCidr);
  for (const port of ports) builder.inside(port);
  for (const port of ports) builder.outside(port);
  return builder;
}
