import { Builder, MAPS, type MapName, type Piece } from './port-rules.ts';
import type { ServicePort } from './service-port.ts';

/** What the table must hold beside its fixed rules: a value that two of can be compared. */
export interface RuleSet {
  /** Key → value by map; '' in a set, which has keys only. */
  readonly elements: Readonly<Record<MapName, ReadonlyMap<string, string>>>;
  /**
   * Chains by name, their rules in order: shared ones per number of endpoints, and a few per Service with affinity or source ranges.
   * One name never stands for other rules.
   */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Sets that remember clients, by name: for how many seconds. Their elements are the kernel's own. */
  readonly affinitySets: ReadonlyMap<string, number>;
}

/** What one port adds to the table. */
interface PortRules {
  readonly inside: Piece;
  /** Each an address from outside, by the key that must be free. */
  readonly addresses: ReadonlyMap<string, Piece>;
  readonly rest: Piece;
}

/** A rule set in the making. */
class Table implements RuleSet {
  readonly elements = Object.fromEntries(MAPS.map((name) => [name, new Map<string, string>()])) as Record<
    MapName,
    Map<string, string>
  >;
  readonly chains = new Map<string, readonly string[]>();
  readonly affinitySets = new Map<string, number>();

  add({ elements, chains, affinitySets }: Piece): void {
    for (const [map, key, value] of elements) this.elements[map].set(key, value);
    for (const [name, rules] of chains) if (!this.chains.has(name)) this.chains.set(name, rules);
    for (const [name, seconds] of affinitySets) this.affinitySets.set(name, seconds);
  }

  /** An address from outside is the first one's that claims it, and never a cluster IP. */
  isFree(key: string): boolean {
    return !this.elements.svc.has(key) && !this.elements.noep.has(key);
  }
}

/** Shared chains for up to so many endpoints are kept: a rollout goes to and fro between two numbers. One is some 2 KB of the kernel. */
const KEPT_UP_TO = 16;

function isKept(chain: string): boolean {
  const count = /^[a-z]+(\d+)$/.exec(chain)?.[1];
  return count !== undefined && Number(count) <= KEPT_UP_TO;
}

/** Makes one rule set after the other: what a port adds is kept as long as the port is, so that a change costs what changed. */
export class RuleSets {
  readonly clusterCidr: string;
  readonly #known = new WeakMap<ServicePort, PortRules>();
  readonly #kept = new Map<string, readonly string[]>();

  /** @param clusterCidr all nodes' pods: `10.42.0.0/16` */
  constructor(clusterCidr: string) {
    this.clusterCidr = clusterCidr;
  }

  /** What the table must hold for these ports. */
  of(ports: readonly ServicePort[]): RuleSet {
    const table = new Table();
    const all = ports.map((port) => this.#rulesOf(port));
    for (const { inside } of all) table.add(inside);
    for (const { addresses, rest } of all) {
      for (const [key, piece] of addresses) if (table.isFree(key)) table.add(piece);
      table.add(rest);
    }
    for (const [name, rules] of table.chains) if (isKept(name)) this.#kept.set(name, rules);
    for (const [name, rules] of this.#kept) table.chains.set(name, rules);
    return table;
  }

  #rulesOf(port: ServicePort): PortRules {
    const known = this.#known.get(port);
    if (known) return known;
    const builder = () => new Builder(this.clusterCidr);
    const address = (ip: string, sourceRanges: readonly string[]): [string, Piece] => {
      const key = `${ip} . ${port.protocol} . ${port.port}`;
      return [key, builder().address(port, key, sourceRanges)];
    };
    const rules = {
      inside: builder().inside(port),
      addresses: new Map([
        // What is set last holds: a balancer's address keeps its ranges.
        ...port.externalIps.map((ip) => address(ip, [])),
        ...port.balancedIps.map((ip) => address(ip, port.sourceRanges)),
      ]),
      rest: builder().rest(port),
    };
    this.#known.set(port, rules);
    return rules;
  }
}

/** What the table must hold for these ports, whatever was before. */
export function ruleSetOf(ports: readonly ServicePort[], clusterCidr: string): RuleSet {
  return new RuleSets(clusterCidr).of(ports);
}
