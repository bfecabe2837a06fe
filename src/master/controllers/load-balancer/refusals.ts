import { isBalancedHere } from '../../../api/kinds/service/load-balancer.ts';
import { byAge, portKey } from '../../../api/kinds/service/own-ports.ts';
import { needsHealthCheckNodePort, needsNodePorts } from '../../../api/kinds/service/traits.ts';
import { keyOf, keyText } from '../../../api/registry.ts';
import type { Service } from '../../../api/types.ts';

/** Why a Service does not get its ports. */
export type Refusal =
  /** The node itself needs it. */
  | { readonly kind: 'own'; readonly port: string }
  /** Another Service has it. @see byAge */
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

/**
 * Which of the Services that are balanced here have to wait, and why. A port and protocol at an address belongs to one Service: to
 * the one that has it as its node port, else to the oldest. A Service gets all of its ports or none, and one that waits holds none.
 * @returns by `namespace/name`
 */
export function refusals(services: readonly Service[], view: RefusalView): ReadonlyMap<string, Refusal> {
  const held = new Map<string, Claim[]>();
  const hold = (port: string, claim: Claim) => held.set(port, [...(held.get(port) ?? []), claim]);
  for (const service of services) for (const port of nodePortsOf(service)) hold(port, at(ALL_NODES, service));
  const refused = new Map<string, Refusal>();
  for (const service of services.toSorted(byAge)) {
    const refusal = isBalancedHere(service) ? refusalOf(service, held, view) : undefined;
    if (refusal) refused.set(keyText(keyOf(service)), refusal);
    const own = isBalancedHere(service) && !refusal ? [balancedAt(service)] : [];
    for (const place of [...own, ...(service.spec.externalIPs ?? [])])
      for (const port of service.spec.ports ?? []) hold(portKey(port), at(place, service));
  }
  return refused;
}

function at(place: Place, service: Service): Claim {
  return { place, by: keyText(keyOf(service)) };
}

function balancedAt({ spec }: Service): Place {
  return spec.loadBalancerIP || ALL_NODES;
}

function refusalOf(service: Service, held: ReadonlyMap<string, Claim[]>, view: RefusalView): Refusal | undefined {
  const place = balancedAt(service);
  const isAtNode = place === ALL_NODES || view.nodeAddresses.has(place);
  const self = keyText(keyOf(service));
  for (const port of (service.spec.ports ?? []).map(portKey)) {
    if (isAtNode && view.ownPorts.has(port)) return { kind: 'own', port };
    const holder = held.get(port)?.find((claim) => claim.by !== self && isSame(claim.place, place, view));
    if (holder) return { kind: 'held', port, by: holder.by };
  }
  return undefined;
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
