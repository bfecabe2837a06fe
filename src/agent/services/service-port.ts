import { isIPv4 } from 'node:net';
import { SERVICE_NAME_LABEL } from '../../api/kinds/endpoint-slice/names.ts';
import { needsClusterIp, needsNodePorts } from '../../api/kinds/service/traits.ts';
import { olderFirst } from '../../api/meta/older-first.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { balancedIpsOf, externalIpsOf, type Guard, unlessGuarded } from './outer-addresses.ts';
import { sourceRangesOf } from './source-ranges.ts';

/** In nftables' words. */
export type Protocol = 'tcp' | 'udp' | 'sctp';

export interface Target {
  readonly ip: string;
  readonly port: number;
  /** On this node. */
  readonly isLocal: boolean;
}

/** One port of one Service as this node's rules must serve it. */
export interface ServicePort {
  /** `namespace/name:port-name`. */
  readonly id: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly clusterIps: readonly string[];
  /** Addresses from outside of the cluster: of its load balancer. */
  readonly balancedIps: readonly string[];
  /** spec.externalIPs, which source ranges do not concern. */
  readonly externalIps: readonly string[];
  /** 0 when it has none. */
  readonly nodePort: number;
  /** sessionAffinity ClientIP; undefined without. */
  readonly affinitySeconds: number | undefined;
  /** Who may ask at `balancedIps`; empty means everybody. */
  readonly sourceRanges: readonly string[];
  readonly isInternalLocal: boolean;
  readonly isExternalLocal: boolean;
  /** Where traffic goes: the ready endpoints of all nodes or, while there is none, those that still serve though they terminate. */
  readonly targets: readonly Target[];
  /** The same among the endpoints of this node alone. */
  readonly localTargets: readonly Target[];
}

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];

interface Candidate extends Target {
  readonly isReady: boolean;
  readonly isServing: boolean;
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };
const DEFAULT_AFFINITY_SECONDS = 10_800;

/** Where the rules are made. */
export interface NodePlace {
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly guard: Guard;
}

interface Made {
  readonly slices: readonly EndpointSlice[];
  readonly ports: readonly ServicePort[];
  readonly hasOuterAddress: boolean;
}

/** What the rules of one node must do for all Services, made again and again: what was made of the same objects is kept. */
export class ServicePorts {
  readonly place: NodePlace;
  /** Objects never change, they are replaced. */
  readonly #made = new WeakMap<Service, Made>();

  constructor(place: NodePlace) {
    this.place = place;
  }

  /**
   * Services with addresses from outside come by age: where two want the same, the first has it. Headless and ExternalName ones are
   * names only and not among it. Source: Kubernetes, "Virtual IPs and Service Proxies"; KEP-1669 (terminating endpoints serve while
   * nothing else does).
   * @returns the same ports as the last time for each Service that neither changed nor has other slices
   */
  of(services: Iterable<Service>, slices: Iterable<EndpointSlice>): ServicePort[] {
    const byService = Map.groupBy(
      slices,
      ({ metadata }) => `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME_LABEL] ?? ''}`,
    );
    const outer: Service[] = [];
    const inner: ServicePort[] = [];
    for (const service of services) {
      const made = this.#madeOf(service, byService.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []);
      if (made.hasOuterAddress) outer.push(service);
      else inner.push(...made.ports);
    }
    return [...outer.sort(olderFirst).flatMap((service) => this.#made.get(service)?.ports ?? []), ...inner];
  }

  #madeOf(service: Service, slices: readonly EndpointSlice[]): Made {
    const known = this.#made.get(service);
    const isSame = known?.slices.length === slices.length && slices.every((slice, i) => known.slices[i] === slice);
    if (known && isSame) return known;
    const ipv4 = slices.filter(({ addressType }) => addressType === 'IPv4');
    const ports = portsOf(service, ipv4, this.place);
    const made = { slices, ports, hasOuterAddress: hasOuterAddress(service) };
    this.#made.set(service, made);
    return made;
  }
}

function hasOuterAddress(service: Service): boolean {
  return balancedIpsOf(service).length + externalIpsOf(service).length > 0;
}

/** Where traffic to a TCP port of a Service goes when no rule of the kernel's leads it. */
export function servingTargets(
  slices: readonly EndpointSlice[],
  of: { readonly namespace: string; readonly service: string; readonly portName: string },
): Target[] {
  const own = slices.filter(
    ({ addressType, metadata: { namespace, labels } }) =>
      addressType === 'IPv4' && namespace === of.namespace && labels?.[SERVICE_NAME_LABEL] === of.service,
  );
  const wanted = { name: of.portName, protocol: 'TCP', nodeName: '' };
  return usable(own.flatMap((slice) => candidatesOf(slice, wanted)));
}

function portsOf(service: Service, slices: readonly EndpointSlice[], place: NodePlace): ServicePort[] {
  const { nodeName, nodeIp, guard } = place;
  const { spec, metadata } = service;
  const balanced = balancedIpsOf(service);
  const clusterIps = (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter(isIPv4);
  if (!needsClusterIp(spec) || clusterIps.length === 0) return [];
  return (spec.ports ?? []).map((servicePort) => {
    const { name = '', port, protocol = 'TCP', nodePort } = servicePort;
    const candidates = slices.flatMap((slice) => candidatesOf(slice, { name, protocol, nodeName }));
    return {
      id: `${metadata.namespace}/${metadata.name}:${name}`,
      protocol: PROTOCOLS[protocol] ?? 'tcp',
      port,
      clusterIps,
      balancedIps: unlessGuarded(balanced, servicePort, guard),
      externalIps: unlessGuarded(externalIpsOf(service), servicePort, guard),
      nodePort: needsNodePorts(spec) ? (nodePort ?? 0) : 0,
      affinitySeconds: affinitySecondsOf(service),
      sourceRanges: sourceRangesOf(spec.loadBalancerSourceRanges ?? [], { nodeIp, allowed: balanced }),
      isInternalLocal: spec.internalTrafficPolicy === 'Local',
      isExternalLocal: spec.externalTrafficPolicy === 'Local',
      targets: usable(candidates),
      localTargets: usable(candidates.filter(({ isLocal }) => isLocal)),
    };
  });
}

function affinitySecondsOf({ spec }: Service): number | undefined {
  if (spec.sessionAffinity !== 'ClientIP') return undefined;
  return spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
}

function candidatesOf(
  { ports, endpoints }: EndpointSlice,
  wanted: { readonly name: string; readonly protocol: string; readonly nodeName: string },
): Candidate[] {
  const port = ports?.find(
    (each) => (each.name ?? '') === wanted.name && (each.protocol ?? 'TCP') === wanted.protocol,
  )?.port;
  if (port === undefined) return [];
  return (endpoints ?? []).flatMap((endpoint) => candidateOf(endpoint, port, wanted.nodeName));
}

function candidateOf({ addresses, conditions, nodeName }: Endpoint, port: number, ownNode: string): Candidate[] {
  const [ip] = addresses;
  if (!ip) return [];
  // Unknown means ready; serving means what ready does unless it is told.
  const isReady = conditions?.ready ?? true;
  const isServing = (conditions?.serving ?? isReady) && conditions?.terminating === true;
  return isReady || isServing ? [{ ip, port, isLocal: nodeName === ownNode, isReady, isServing }] : [];
}

/** In one order, and each address once: two slices may name it while it moves between them. */
function usable(candidates: readonly Candidate[]): Target[] {
  const ready = candidates.filter(({ isReady }) => isReady);
  const chosen = ready.length > 0 ? ready : candidates.filter(({ isServing }) => isServing);
  const byAddress = new Map(chosen.map(({ ip, port, isLocal }) => [`${ip}:${port}`, { ip, port, isLocal }]));
  return [...byAddress].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}
