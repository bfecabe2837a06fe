import { isDeepStrictEqual } from 'node:util';
import type { Service } from '../../types.ts';
import {
  isExternallyAccessible,
  needsClusterIp,
  needsHealthCheckNodePort,
  needsNodePorts,
  type ServiceSpec,
} from './traits.ts';

/**
 * Makes an update say what its writer meant: what the server gave out and the writer left out is kept, and what no
 * longer fits a changed type is dropped. Source: core, registry/service (strategy.go, storage.go).
 */
export function prepareForUpdate({ spec }: Service, { spec: old }: Service): void {
  normalizeClusterIps(spec, old);
  releaseSecondFamily(spec, old);
  keepAllocated(spec, old);
  dropUnfitting(spec, old);
}

/** clusterIP and the first of clusterIPs are one thing: who changes one of them means both. */
function normalizeClusterIps(spec: ServiceSpec, old: ServiceSpec): void {
  const isListSame = isDeepStrictEqual(spec.clusterIPs ?? [], old.clusterIPs ?? []);
  const isOneSame = (spec.clusterIP ?? '') === (old.clusterIP ?? '');
  if (!isOneSame && isListSame) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
    else delete spec.clusterIPs;
  }
  if (isOneSame && !isListSame && !spec.clusterIPs?.length) delete spec.clusterIP;
}

/** SingleStack alone says that the second address and family may go. */
function releaseSecondFamily(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.ipFamilyPolicy !== 'SingleStack') return;
  if (isDeepStrictEqual(spec.clusterIPs, old.clusterIPs)) spec.clusterIPs = spec.clusterIPs?.slice(0, 1);
  if (isDeepStrictEqual(spec.ipFamilies, old.ipFamilies)) spec.ipFamilies = spec.ipFamilies?.slice(0, 1);
}

function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIp(old) && needsClusterIp(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP && old.clusterIPs) {
      spec.clusterIPs = [...old.clusterIPs];
    }
  }
  if (needsNodePorts(old) && needsNodePorts(spec)) keepNodePorts(spec, old);
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(spec) && old.healthCheckNodePort) {
    spec.healthCheckNodePort ||= old.healthCheckNodePort;
  }
}

/** By the port's name, so that ports that share a number go on sharing it; one that the writer gave to another port is gone. */
function keepNodePorts({ ports = [] }: ServiceSpec, { ports: oldPorts = [] }: ServiceSpec): void {
  const before = new Set(oldPorts.map(({ nodePort }) => nodePort));
  const used = new Set(ports.map(({ nodePort }) => nodePort).filter((port) => port && before.has(port)));
  const byName = new Map(oldPorts.map(({ name = '', nodePort }) => [name, nodePort]));
  for (const port of ports) {
    if (port.nodePort) continue;
    const kept = byName.get(port.name ?? '');
    if (kept && !used.has(kept)) port.nodePort = kept;
  }
}

/** Only what the writer did not touch is dropped: what was set on purpose is for validation to refuse. */
function dropUnfitting(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIp(old) && !needsClusterIp(spec)) {
    dropUntouched(spec, old, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']);
  }
  if (needsNodePorts(old) && !needsNodePorts(spec)) dropNodePorts(spec, old);
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(spec)) {
    dropUntouched(spec, old, ['healthCheckNodePort']);
  }
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    dropUntouched(spec, old, ['allocateLoadBalancerNodePorts', 'loadBalancerClass']);
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(spec)) {
    dropUntouched(spec, old, ['externalTrafficPolicy']);
  }
}

function dropUntouched(spec: ServiceSpec, old: ServiceSpec, fields: readonly (keyof ServiceSpec)[]): void {
  for (const field of fields) {
    if (isDeepStrictEqual(spec[field], old[field])) delete spec[field];
  }
}

/** Ports may come, go and change beside it, as long as no number is new. Source: core, registry/service (strategy.go, sameNodePorts). */
function dropNodePorts({ ports = [] }: ServiceSpec, { ports: oldPorts = [] }: ServiceSpec): void {
  const before = new Set(oldPorts.map(({ nodePort }) => nodePort));
  const isUntouched = ports.every(({ nodePort }) => !nodePort || before.has(nodePort));
  if (!isUntouched) return;
  for (const port of ports) delete port.nodePort;
}
