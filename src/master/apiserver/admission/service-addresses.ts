import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { IP_ADDRESS, serviceOf } from '../../../api/kinds/ip-address.ts';
import { HEADLESS, needsClusterIp } from '../../../api/kinds/service/traits.ts';
import { SERVICE_CIDR } from '../../../api/kinds/service-cidr.ts';
import { invalid, type StatusCause } from '../../../api/meta/errors.ts';
import { invalid as invalidField } from '../../../api/meta/field-errors.ts';
import { type KindDefinition, keyText, type ObjectKey } from '../../../api/registry.ts';
import type { Service } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import { KeyedLock } from '../../../lib/keyed-lock.ts';
import type { ObjectCache } from '../../resource-client.ts';
import type { Store } from '../../store/store.ts';
import { readCurrent } from '../verbs/stored.ts';
import { isFinished } from '../verbs/update.ts';
import { type AdmissionPlugin, type AdmissionRequest, isOf } from './chain.ts';
import { pickClusterIp, readyRanges, whyOutOfRange } from './cluster-ips.ts';
import { IpClaims } from './ip-claims.ts';
import { allocateNodePorts, concernsNodePorts, exhausted } from './node-ports.ts';

export interface ServiceAddressParts {
  readonly store: Store;
  readonly cache: ObjectCache;
  readonly clock: Clock;
  readonly serviceKind: KindDefinition<Service>;
  /** First and last node port: `[30000, 32767]`. */
  readonly nodePortRange: readonly [number, number];
}

/**
 * Gives Services their cluster IPs, as IPAddress objects of the ready ServiceCIDRs, and their node ports. Which of these are taken
 * is read from the Services each time, under a lock that is held until the write: the cache knows of each write before its writer.
 */
export class ServiceAddresses implements AdmissionPlugin {
  readonly name = 'ServiceAddresses';
  readonly #parts: ServiceAddressParts;
  readonly #kind: KindDefinition;
  readonly #claims: IpClaims;
  readonly #portLock = new KeyedLock<'ports'>();
  /** Two writes of one Service would take each other's addresses for left over. */
  readonly #serviceLock = new KeyedLock<string>();

  constructor(parts: ServiceAddressParts) {
    this.#parts = parts;
    this.#kind = parts.serviceKind as unknown as KindDefinition;
    this.#claims = new IpClaims(parts.store, parts.clock);
  }

  around<T>(request: AdmissionRequest, proceed: () => Promise<T>): Promise<T> {
    if (!isOf(request, this.#kind) || request.subresource !== '') return proceed();
    const key = { namespace: request.key.namespace, name: request.object.metadata.name };
    const { spec } = request.object as Service;
    const old = (request.old as Service | undefined)?.spec;
    const needsPorts = request.operation !== 'DELETE' && concernsNodePorts(spec, old);
    const settle = () => this.#withIps(request, key, proceed);
    return this.#serviceLock.run(keyText(key), () =>
      needsPorts ? this.#portLock.run('ports', () => this.#withPorts(request, key, settle)) : settle(),
    );
  }

  async #withPorts<T>(request: AdmissionRequest, key: ObjectKey, proceed: () => Promise<T>): Promise<T> {
    const { spec } = request.object as Service;
    const pool = { range: this.#parts.nodePortRange, taken: this.#portsOfOthers(key) };
    refuseFor(request, allocateNodePorts(spec, pool, { pick: randomInt, isNew: request.old === undefined }));
    return proceed();
  }

  #portsOfOthers({ namespace, name }: ObjectKey): Set<number> {
    const ports = new Set<number>();
    // Of thousands for each new one: nothing is made on the way.
    for (const { metadata, spec } of this.#parts.cache.list(this.#parts.serviceKind)) {
      if (metadata.name === name && metadata.namespace === namespace) continue;
      for (const { nodePort } of spec.ports ?? []) if (nodePort) ports.add(nodePort);
      if (spec.healthCheckNodePort) ports.add(spec.healthCheckNodePort);
    }
    return ports;
  }

  async #withIps<T>(request: AdmissionRequest, key: ObjectKey, proceed: () => Promise<T>): Promise<T> {
    const held = clusterIpsOf(request.old as Service | undefined);
    const given = request.operation === 'DELETE' ? [] : await this.#give(request, key);
    const kept =
      request.operation === 'DELETE' || isFinished(request.object) ? [] : clusterIpsOf(request.object as Service);
    const open = request.dryRun ? [] : [...given, ...held.filter((ip) => !kept.includes(ip))];
    if (open.length === 0) return proceed();
    try {
      return await proceed();
    } finally {
      // What fails here is left over, never given out twice: the repair frees it.
      await this.#releaseUnused(key, open).catch(() => undefined);
    }
  }

  /** @returns what the Service did not have before. @throws ApiError Invalid, InternalError when nothing is left */
  async #give(request: AdmissionRequest, key: ObjectKey): Promise<string[]> {
    const { spec } = request.object as Service;
    const old = (request.old as Service | undefined)?.spec;
    if (!needsClusterIp(spec) || spec.clusterIP === HEADLESS) return [];
    // What it has stays its own. That it may have no other one is for the kind's validation to say, whoever has that.
    if (spec.clusterIP && old?.clusterIP && needsClusterIp(old)) return [];
    // A list that says something else than the field, or stands without it, is for the kind's validation to refuse.
    if (spec.clusterIPs?.length && !(spec.clusterIP && spec.clusterIPs[0] === spec.clusterIP)) return [];
    const ranges = readyRanges(this.#parts.cache.list(SERVICE_CIDR));
    const tryClaim = (ip: string) => (request.dryRun ? true : this.#claims.claim(ip, key));
    const isTaken = this.#takenByOthers(key);
    if (spec.clusterIP) {
      const ip = spec.clusterIP;
      const wrong = whyOutOfRange(ip, ranges);
      const isFree = wrong === undefined && !isTaken(ip) && (await tryClaim(ip));
      if (!isFree) refuseFor(request, [cannotHave(spec, wrong ?? 'provided IP is already allocated')]);
      return [ip];
    }
    const lost = new Set<string>();
    for (;;) {
      const ip = pickClusterIp(ranges, (one) => lost.has(one) || isTaken(one), randomInt);
      if (!ip) throw exhausted('failed to allocate a serviceIP: range is full');
      if (await tryClaim(ip)) {
        Object.assign(spec, { clusterIP: ip, clusterIPs: [ip] });
        return [ip];
      }
      lost.add(ip);
    }
  }

  /** By an object of its name, or (one that somebody deleted is being repaired) by a Service that says so. */
  #takenByOthers({ namespace, name }: ObjectKey): (ip: string) => boolean {
    const { cache, serviceKind } = this.#parts;
    const inUse = new Set<string>();
    for (const { metadata, spec } of cache.list(serviceKind)) {
      if (metadata.name === name && metadata.namespace === namespace) continue;
      for (const ip of spec.clusterIPs ?? []) inUse.add(ip);
    }
    return (ip) => {
      const address = cache.get(IP_ADDRESS, { namespace: '', name: ip });
      return inUse.has(ip) || (address !== undefined && !isDeepStrictEqual(serviceOf(address), { namespace, name }));
    };
  }

  /** Whatever became of the write: the Service as it is stored now says what it has. */
  async #releaseUnused(key: ObjectKey, ips: readonly string[]): Promise<void> {
    const now = await readCurrent(this.#parts.store, this.#kind, key);
    const used = clusterIpsOf(now?.object as Service | undefined);
    for (const ip of ips) if (!used.includes(ip)) await this.#claims.release(ip, key);
  }
}

/** Its addresses, none when it is headless or has none yet. */
function clusterIpsOf(service: Service | undefined): string[] {
  return (service?.spec.clusterIPs ?? []).filter((ip) => ip !== '' && ip !== HEADLESS);
}

function cannotHave({ clusterIP = '', clusterIPs = [clusterIP] }: Service['spec'], why: string): StatusCause {
  return invalidField('spec.clusterIPs', clusterIPs, `failed to allocate IP ${clusterIP}: ${why}`);
}

function refuseFor({ kind, object }: AdmissionRequest, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid(kind, object.metadata.name, [...causes]);
}
