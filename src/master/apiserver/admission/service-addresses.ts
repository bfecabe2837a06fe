import { randomInt } from 'node:crypto';
import {
  HEADLESS,
  needsClusterIp,
  needsHealthCheckNodePort,
  needsNodePorts,
} from '../../../api/kinds/service/traits.ts';
import { ApiError, invalid, type StatusCause } from '../../../api/meta/errors.ts';
import { invalid as invalidField } from '../../../api/meta/field-errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject, Service } from '../../../api/types.ts';
import { formatIpv4, parseIpv4 } from '../../../lib/ipv4.ts';
import { KeyedLock } from '../../../lib/keyed-lock.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { type AddressRange, contains, parseRange, pickFree } from './address-pool.ts';
import type { AdmissionPlugin, AdmissionRequest } from './chain.ts';

export interface ServiceAddressOptions {
  /** `10.43.0.0/16`. */
  readonly serviceCidr: string;
  /** First and last node port: `[30000, 32767]`. */
  readonly nodePortRange: readonly [number, number];
}

/** What the Services that are stored hold. */
export interface Taken {
  readonly ips: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
}

interface Pools {
  readonly range: AddressRange;
  readonly nodePorts: readonly [number, number];
}

/**
 * Gives Services their cluster IPs and node ports. What is taken is read from the Services each time, under a lock that is held
 * until the write: there is no second record to go wrong. The cache knows of each write before its writer, and so before the lock
 * is let go; the store itself would decode all of them for each.
 */
export class ServiceAddresses implements AdmissionPlugin {
  readonly name = 'ServiceAddresses';
  readonly #cache: ObjectCache;
  readonly #kind: KindDefinition<Service>;
  readonly #pools: Pools;
  readonly #lock = new KeyedLock<'services'>();

  /** @throws RangeError for a range that is none. */
  constructor(cache: ObjectCache, kind: KindDefinition<Service>, options: ServiceAddressOptions) {
    this.#cache = cache;
    this.#kind = kind;
    this.#pools = { range: parseRange(options.serviceCidr), nodePorts: options.nodePortRange };
  }

  around<T>(request: AdmissionRequest, proceed: () => Promise<T>): Promise<T> {
    const isService = request.kind.group === '' && request.kind.plural === this.#kind.plural;
    if (!isService || request.subresource !== '') return proceed();
    const service = request.object as Service;
    const old = request.old as Service | undefined;
    if (!needsAny(service, old)) return proceed();
    return this.#lock.run('services', async () => {
      const causes = allocate(service, this.#takenByOthers(service), this.#pools, randomInt);
      if (causes.length > 0) throw invalid(request.kind, service.metadata.name, causes);
      return proceed();
    });
  }

  #takenByOthers(service: KubeObject): Taken {
    const { name, namespace } = service.metadata;
    const ips = new Set<string>();
    const ports = new Set<number>();
    // Of thousands for each new one: nothing is made on the way.
    for (const { metadata, spec } of this.#cache.list(this.#kind)) {
      if (metadata.name === name && metadata.namespace === namespace) continue;
      for (const ip of spec.clusterIPs ?? []) ips.add(ip);
      for (const { nodePort } of spec.ports ?? []) if (nodePort) ports.add(nodePort);
      if (spec.healthCheckNodePort) ports.add(spec.healthCheckNodePort);
    }
    return { ips, ports };
  }
}

function nodePortsOf({ ports = [], healthCheckNodePort }: Service['spec']): number[] {
  return [...ports.map(({ nodePort }) => nodePort), healthCheckNodePort].filter(
    (port) => port !== undefined && port > 0,
  ) as number[];
}

/** Whether this write can touch addresses at all: most updates of Services do not. */
function needsAny({ spec }: Service, old: Service | undefined): boolean {
  if (!needsClusterIp(spec)) return false;
  if (!old || old.spec.type !== spec.type || old.spec.clusterIP !== spec.clusterIP) return true;
  const isComplete = !needsNodePorts(spec) || (spec.ports ?? []).every(({ nodePort }) => nodePort);
  const isSame = String(nodePortsOf(spec)) === String(nodePortsOf(old.spec));
  return !isComplete || !isSame || (needsHealthCheckNodePort(spec) && !spec.healthCheckNodePort);
}

/**
 * Fills in what is missing and checks what was asked for; changes `service` in place.
 * @returns all that cannot be had. @throws ApiError InternalError when a pool is exhausted.
 */
export function allocate(service: Service, taken: Taken, pools: Pools, pick: (below: number) => number): StatusCause[] {
  if (!needsClusterIp(service.spec)) return [];
  return [...allocateIp(service.spec, taken, pools, pick), ...allocatePorts(service.spec, taken, pools, pick)];
}

function allocateIp(
  spec: Service['spec'],
  taken: Taken,
  { range }: Pools,
  pick: (below: number) => number,
): StatusCause[] {
  if (spec.clusterIP === HEADLESS) return [];
  if (spec.clusterIP) {
    const wrong = whyNot(spec.clusterIP, taken, range);
    const [first] = spec.clusterIPs ?? [];
    // A list that says something else than the field is for the kind's validation to refuse.
    return wrong && (first ?? spec.clusterIP) === spec.clusterIP
      ? [
          invalidField(
            'spec.clusterIPs',
            spec.clusterIPs ?? [spec.clusterIP],
            `failed to allocate IP ${spec.clusterIP}: ${wrong}`,
          ),
        ]
      : [];
  }
  const isTaken = (candidate: number) => taken.ips.has(formatIpv4(candidate));
  const free = pickFree({ first: range.first, middle: range.firstDynamic, last: range.last }, isTaken, pick);
  if (free === undefined) throw exhausted('failed to allocate a serviceIP: range is full');
  spec.clusterIP = formatIpv4(free);
  spec.clusterIPs = [spec.clusterIP];
  return [];
}

function whyNot(ip: string, taken: Taken, range: AddressRange): string | undefined {
  // Not even an address: the kind's validation says so better.
  if (parseIpv4(ip) === undefined) return undefined;
  if (!contains(range, ip)) {
    return `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${range.cidr}`;
  }
  return taken.ips.has(ip) ? 'provided IP is already allocated' : undefined;
}

function allocatePorts(
  spec: Service['spec'],
  taken: Taken,
  { nodePorts: [first, last] }: Pools,
  pick: (below: number) => number,
): StatusCause[] {
  const causes: StatusCause[] = [];
  // One number may serve TCP and UDP of one Service.
  const own = new Set(nodePortsOf(spec));
  const check = (port: number, field: string): void => {
    if (port < first || port > last) {
      const why = `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
      causes.push(invalidField(field, port, why));
    } else if (taken.ports.has(port)) causes.push(invalidField(field, port, 'provided port is already allocated'));
  };
  const take = (): number => {
    const isTaken = (candidate: number) => taken.ports.has(candidate) || own.has(candidate);
    const free = pickFree({ first, middle: first, last }, isTaken, pick);
    if (free === undefined) throw exhausted('failed to allocate a nodePort: range is full');
    own.add(free);
    return free;
  };
  if (needsNodePorts(spec)) {
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (port.nodePort) check(port.nodePort, `spec.ports[${index}].nodePort`);
      else port.nodePort = take();
    }
  }
  if (needsHealthCheckNodePort(spec)) {
    if (spec.healthCheckNodePort) check(spec.healthCheckNodePort, 'spec.healthCheckNodePort');
    else spec.healthCheckNodePort = take();
  }
  return causes;
}

function exhausted(why: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${why}`);
}
