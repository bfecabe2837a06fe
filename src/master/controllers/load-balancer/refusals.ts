import { isBalancedHere, requestedAddress } from '../../../api/kinds/service/load-balancer.ts';
import { portKey } from '../../../api/kinds/service/own-ports.ts';
import { needsHealthCheckNodePort, needsNodePorts } from '../../../api/kinds/service/traits.ts';
import { olderFirst } from '../../../api/meta/older-first.ts';
import { keyOf, keyText } from '../../../api/registry.ts';
import type { Service } from '../../../api/types.ts';

/** Why a Service does not get its ports. */
export type Refusal =
  /** The node itself needs it. */
  | { readonly kind: 'own'; readonly port: string }
  /** Another Service has it. @see olderFirst */
  | { readonly kind: 'held'; readonly port: string; readonly by: string };

export interface RefusalView {
  /** Of every node, whether it is Ready or not: who has which port must not depend on who is up. */
  readonly nodeAddresses: ReadonlySet<string>;
  /** `22/TCP`: what no Service gets at a node's own addresses. */
  readonly ownPorts: ReadonlySet<string>;
}

/** One address, or the addresses of all nodes. */
type Place = string;
const ALL_NODES: Place = 'all nodes';

interface Claim {
  readonly place: Place;
  readonly by: string;
}

/** What a Service does not get; undefined: it gets all that it asks for. */
export interface Refusals {
  /** Of its load balancer: it waits with all of its ports. */
  readonly balanced?: Refusal | undefined;
  /** Of spec.externalIPs: that port is not served there, the others are. */
  readonly external?: Refusal | undefined;
}

/**
 * Which Services do not get the ports that they want from outside. A port and protocol at an address belongs to one Service: at
 * nodes' own to the one that has it as its node port, else to the oldest. A load balancer gets all of its ports or none, and one
 * that waits holds none.
 * @returns by `namespace/name`; those that are refused nothing are left out
 */
export function refusals(services: readonly Service[], view: RefusalView): ReadonlyMap<string, Refusals> {
  const nodePorts = new Claims(view);
  for (const service of services) nodePorts.add(service, ALL_NODES, nodePortsOf(service));
  const claims = new Claims(view);
  const refused = new Map<string, Refusals>();
  for (const service of services.toSorted(olderFirst)) {
    const ports = (service.spec.ports ?? []).map(portKey);
    const places = [...new Set(service.spec.externalIPs)];
    const place = isBalancedHere(service) ? balancedAt(service) : undefined;
    const taken = (claimed: Claims) => (place === undefined ? undefined : claimed.refusal(service, place, ports));
    const balanced = taken(claims) ?? taken(nodePorts);
    if (place !== undefined && !balanced) claims.add(service, place, ports);
    // A node port is behind what is at an address: it yields.
    const external = firstOf(places, (ip) => claims.refusal(service, ip, ports));
    for (const ip of places) claims.add(service, ip, ports);
    if (balanced || external) refused.set(keyText(keyOf(service)), { balanced, external });
  }
  return refused;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function balancedAt(service: Service): Place {
  return requestedAddress(service) ?? ALL_NODES;
}

/** Who has which port where; the first to claim one has it. */
class Claims {
  readonly #view: RefusalView;
  readonly #held = new Map<string, Claim[]>();

  constructor(view: RefusalView) {
    this.#view = view;
  }

  add(service: Service, place: Place, ports: readonly string[]): void {
    const claim = { place, by: keyText(keyOf(service)) };
    for (const port of ports) this.#held.set(port, [...(this.#held.get(port) ?? []), claim]);
  }

  refusal(service: Service, place: Place, ports: readonly string[]): Refusal | undefined {
    const isAtNode = place === ALL_NODES || this.#view.nodeAddresses.has(place);
    const self = keyText(keyOf(service));
    for (const port of ports) {
      if (isAtNode && this.#view.ownPorts.has(port)) return { kind: 'own', port };
      const holder = this.#held.get(port)?.find((claim) => claim.by !== self && isSame(claim.place, place, this.#view));
      if (holder) return { kind: 'held', port, by: holder.by };
    }
    return undefined;
  }
}

function isSame(a: Place, b: Place, { nodeAddresses }: RefusalView): boolean {
  return a === b || (a === ALL_NODES && nodeAddresses.has(b)) || (b === ALL_NODES && nodeAddresses.has(a));
}

function nodePortsOf({ spec }: Service): string[] {
  const { ports = [], healthCheckNodePort } = spec;
  const own = needsNodePorts(spec)
    ? ports.flatMap(({ nodePort, protocol }) => (nodePort ? [portKey({ port: nodePort, protocol })] : []))
    : [];
  return needsHealthCheckNodePort(spec) && healthCheckNodePort ? [...own, portKey({ port: healthCheckNodePort })] : own;
}
