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

type Chains = ReadonlyMap<string, readonly string[]>;

/** Something that goes into the table as a whole or not at all. */
export interface Piece {
  readonly elements: readonly (readonly [map: MapName, key: string, value: string])[];
  readonly chains: Chains;
  readonly affinitySets: ReadonlyMap<string, number>;
}

/** Builds one piece of what a port adds to the table. */
export class Builder implements Piece {
  readonly elements: [map: MapName, key: string, value: string][] = [];
  readonly chains = new Map<string, readonly string[]>();
  readonly affinitySets = new Map<string, number>();
  readonly #clusterCidr: string;

  constructor(clusterCidr: string) {
    this.#clusterCidr = clusterCidr;
  }

  inside(port: ServicePort): this {
    for (const ip of port.clusterIps) this.#clusterIp(port, ip);
    return this;
  }

  address(port: ServicePort, key: string, sourceRanges: readonly string[]): this {
    this.#external(port, key, { scope: 'address', sourceRanges });
    return this;
  }

  rest(port: ServicePort): this {
    if (port.nodePort > 0)
      this.#external(port, `${port.protocol} . ${port.nodePort}`, { scope: 'nodePort', sourceRanges: [] });
    const here = [...port.targets.filter(({ isLocal }) => isLocal), ...port.localTargets];
    for (const ip of new Set(here.map((target) => target.ip))) this.#element('hairpin', `${ip} . ${ip}`, '');
    return this;
  }

  #clusterIp(port: ServicePort, ip: string): void {
    const key = `${ip} . ${port.protocol} . ${port.port}`;
    const targets = port.isInternalLocal ? port.localTargets : port.targets;
    if (port.targets.length === 0) this.#element('noep', key, '');
    else if (targets.length === 0) this.#element('svc', key, 'drop');
    else this.#element('svc', key, `goto ${this.#inside(port, key, targets)}`);
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

  /** From outside, to a node port or to an address that is not the cluster's. */
  #external(port: ServicePort, key: string, { scope, sourceRanges }: Door): void {
    if (port.targets.length === 0) {
      this.#element(scope === 'address' ? 'noep' : 'npnoep', key, '');
      return;
    }
    const chain = port.isExternalLocal ? this.#local(port, key, scope) : this.#anywhere(port, key, scope);
    if (scope === 'nodePort') this.#element('np', key, `goto ${chain}`);
    else this.#element('svc', key, `goto ${this.#fenced(port, chain, sourceRanges)}`);
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
    const [all, local] = scope === 'address' ? (['lb_all', 'lb_loc'] as const) : (['np_all', 'np_loc'] as const);
    this.#element(all, key, `goto ${this.#unmarked(port, key, { scope, targets: port.targets, offset: 0 })}`);
    if (port.localTargets.length > 0) {
      const place = { scope, targets: port.localTargets, offset: LOCAL_OFFSET };
      this.#element(local, key, `goto ${this.#unmarked(port, key, place)}`);
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
      this.#element(map, `${key} . ${offset + index}`, `${ip} . ${port}`);
    }
  }

  #element(map: MapName, key: string, value: string): void {
    this.elements.push([map, key, value]);
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

/** Thousands of ports draw from few numbers of endpoints: each text is kept once. */
const DRAWS = new Map<string, string[]>();

/** By how often they are asked for. */
const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

/**
 * One of `count` endpoints at random: the element under the packet's own key and a number. A packet that drew while the last of them
 * went away finds none, and takes the first instead, which is there as long as any is. A map for each protocol: nft reads a
 * port of TCP out of a map's type and, when the map is there already, lets the rule match TCP alone.
 */
function draw(scope: Scope, count: number, offset: number): string[] {
  const known = DRAWS.get(`${scope} ${count} ${offset}`);
  if (known) return known;
  const key = scope === 'address' ? 'ip daddr . meta l4proto . th dport' : 'meta l4proto . th dport';
  const from = offset > 0 ? ` offset ${offset}` : '';
  const rules = [count, 1].flatMap((many) =>
    PROTOCOLS.map((protocol) => `dnat ip to ${key} . numgen random mod ${many}${from} map @${mapOf(scope, protocol)}`),
  );
  DRAWS.set(`${scope} ${count} ${offset}`, rules);
  return rules;
}

/** 12 hexadecimal digits: names of chains and sets have room for few more than a word. */
function hash(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}
