import { ipFamilyOf } from '../../meta/ip-address.ts';
import type { Service } from '../../types.ts';
import { hasSelector, isExternallyAccessible, isHeadless, needsClusterIp, type ServiceSpec } from './traits.ts';

/** Three hours, as the API documentation says. */
const AFFINITY_TIMEOUT_SECONDS = 10_800;

/** Everything but addresses and node ports, which admission gives out. */
export function setDefaults(service: Service): void {
  service.spec ??= {};
  const { spec } = service;
  spec.type ||= 'ClusterIP';
  setPortDefaults(spec);
  setAffinityDefaults(spec);
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  // Of every type: one that may have no address is refused by the list (core, registry/service, NormalizeClusterIPs).
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (!needsClusterIp(spec)) return;
  spec.internalTrafficPolicy ??= 'Cluster';
  setFamilyDefaults(spec);
}

function setPortDefaults({ ports = [] }: ServiceSpec): void {
  for (const port of ports) {
    port.protocol ||= 'TCP';
    // 0 and '' are unset, too.
    port.targetPort ||= port.port;
  }
}

function setAffinityDefaults(spec: ServiceSpec): void {
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity !== 'ClientIP') return;
  const timeoutSeconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_TIMEOUT_SECONDS;
  spec.sessionAffinityConfig = { clientIP: { timeoutSeconds } };
}

/**
 * The cluster has IPv4 addresses only. A headless Service without selector may hold endpoints of either family, since
 * somebody else writes them (core, registry/service alloc.go).
 */
function setFamilyDefaults(spec: ServiceSpec): void {
  const isFree = isHeadless(spec) && !hasSelector(spec);
  if (!spec.ipFamilies?.length) {
    const given = (spec.clusterIPs ?? []).map(ipFamilyOf).filter((family) => family !== undefined);
    spec.ipFamilies = given.length > 0 ? given : ['IPv4'];
  }
  spec.ipFamilyPolicy ??= isFree || spec.ipFamilies.length > 1 ? 'RequireDualStack' : 'SingleStack';
  if (isFree && spec.ipFamilyPolicy !== 'SingleStack' && spec.ipFamilies.length === 1) {
    spec.ipFamilies = spec.ipFamilies[0] === 'IPv4' ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4'];
  }
}
