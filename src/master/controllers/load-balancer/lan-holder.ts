import { createHash } from 'node:crypto';
import { lanFactsOf } from '../../../api/kinds/node/lan-facts.ts';
import { holderOf } from '../../../api/kinds/service/load-balancer.ts';
import type { Node, Service } from '../../../api/types.ts';
import { type Cidr, cidrContains, parseCidr, parseIpv4 } from '../../../lib/ipv4.ts';
import { isBalancing } from './node-addresses.ts';

export interface HolderView {
  readonly nodes: readonly Node[];
  /** Those that are to be reached at the same address and may be, by age: whoever holds it holds it for all of them. */
  readonly sharers: readonly Service[];
  /** Names of the nodes with ready endpoints of a Service. */
  readonly readyNodesOf: (service: Service) => ReadonlySet<string>;
}

/** The networks around a node, as its agent tells. */
function subnetsOf(node: Node): Cidr[] {
  return lanFactsOf(node).subnets.flatMap((text) => parseCidr(text) ?? []);
}

/** Why an address can be held by no node, whoever is Ready; undefined: it can. */
export function unfitForLan(address: string, nodes: readonly Node[]): string | undefined {
  const value = parseIpv4(address);
  if (value === undefined) return `"${address}" is no IPv4 address: give one like 192.168.1.240`;
  const subnets = nodes.flatMap(subnetsOf);
  const around = subnets.filter((subnet) => cidrContains(subnet, value));
  if (around.length === 0) {
    const all = [...new Set(subnets.map(({ text }) => text))].sort().join(', ') || 'none is known';
    return `${address} is in no network of the nodes (${all}): choose a free address there`;
  }
  const isEnd = around.some(({ base, size }) => value === base || value === base + size - 1);
  return isEnd ? `${address} is the network's own or its broadcast address: choose another one` : undefined;
}

/**
 * The node that is to hold an address: the one that does, as long as it can, else the one that chance once and for all ranks first.
 * @returns undefined when there is none
 */
export function chooseHolder(address: string, { nodes, sharers, readyNodesOf }: HolderView): string | undefined {
  const value = parseIpv4(address) ?? 0;
  const near = nodes.filter((node) => isBalancing(node) && subnetsOf(node).some((cidr) => cidrContains(cidr, value)));
  let names = near.map(({ metadata }) => metadata.name);
  for (const sharer of sharers) {
    if (sharer.spec.externalTrafficPolicy !== 'Local') continue;
    // Clients are led to the holder's own endpoints only. Where no node has some of all of them, the older Services decide.
    const ready = readyNodesOf(sharer);
    const left = names.filter((name) => ready.has(name));
    if (left.length > 0) names = left;
  }
  const [oldest] = sharers;
  const current = oldest && holderOf(oldest);
  if (current && names.includes(current)) return current;
  return names.toSorted((a, b) => (rank(address, a) < rank(address, b) ? -1 : 1))[0];
}

/** Spreads addresses over nodes, and moves none but a lost node's. */
function rank(address: string, node: string): string {
  return createHash('sha256').update(`${address} ${node}`).digest('hex');
}
