import { isIP } from 'node:net';
import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../../meta/field-errors.ts';
import { checkCidr, checkNonSpecialIp } from '../../meta/ip-address.ts';
import { validateLabels } from '../../meta/labels.ts';
import { checkDns1123Subdomain, checkIpAddress, checkPortNumber, checkQualifiedName } from '../../meta/validation.ts';
import type { Service } from '../../types.ts';
import { validateClusterIps } from './address-validation.ts';
import { validatePorts } from './port-validation.ts';
import {
  HEADLESS,
  isExternallyAccessible,
  isHeadless,
  needsClusterIp,
  needsHealthCheckNodePort,
  type ServiceSpec,
} from './traits.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES = ['ClientIP', 'None'];
const POLICIES = ['Cluster', 'Local'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
const MAX_AFFINITY_SECONDS = 86_400;
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";

/** Source: core, validation.ValidateService; the causes keep its order. */
export function validate({ spec }: Service): StatusCause[] {
  return [
    ...(spec.ports?.length || isHeadless(spec) || spec.type === 'ExternalName' ? [] : [required('spec.ports')]),
    ...validateByType(spec),
    ...validatePorts(spec),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...validateClusterIps(spec),
    ...validateExternalIps(spec.externalIPs ?? []),
    ...oneOf('spec.type', spec.type, TYPES),
    ...validateLoadBalancer(spec),
    ...validateTrafficPolicies(spec),
  ];
}

/** Only a LoadBalancer has been given addresses by somebody. */
export function validateStatusUpdate({ spec, status }: Service): StatusCause[] {
  const path = 'status.loadBalancer.ingress';
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && spec.type !== 'LoadBalancer') {
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap(({ ip, hostname }, index) => [
    ...(ip ? invalidEach(`${path}[${index}].ip`, ip, checkIpAddress(ip)) : []),
    ...(hostname ? invalidEach(`${path}[${index}].hostname`, hostname, checkHostname(hostname)) : []),
  ]);
}

function checkHostname(name: string): string[] {
  return [...checkDns1123Subdomain(name), ...(isIP(name) ? ['must be a DNS name, not an IP address'] : [])];
}

function oneOf(path: string, value: string | undefined, supported: readonly string[]): StatusCause[] {
  if (!value) return [required(path)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
}

function validateByType(spec: ServiceSpec): StatusCause[] {
  switch (spec.type) {
    case 'ExternalName':
      return validateExternalName(spec);
    case 'LoadBalancer':
    case 'NodePort':
      if (!isHeadless(spec)) return [];
      return [invalid('spec.clusterIPs[0]', HEADLESS, `may not be set to 'None' for ${spec.type} services`)];
    default:
      return [];
  }
}

function validateExternalName(spec: ServiceSpec): StatusCause[] {
  const set = (['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const).filter((field) => spec[field]?.length);
  // A dot at the end says that the name is whole.
  const name = spec.externalName?.replace(/\.$/, '') ?? '';
  return [
    ...set.map((field) => forbidden(`spec.${field}`, 'may not be set for ExternalName services')),
    ...(name ? invalidEach('spec.externalName', name, checkDns1123Subdomain(name)) : [required('spec.externalName')]),
  ];
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig: config }: ServiceSpec): StatusCause[] {
  const path = 'spec.sessionAffinityConfig';
  const wrong = oneOf('spec.sessionAffinity', sessionAffinity, AFFINITIES);
  if (sessionAffinity === 'None') {
    return config ? [forbidden(path, 'must not be set when session affinity is None')] : [];
  }
  if (sessionAffinity !== 'ClientIP') return wrong;
  const why = 'when session affinity type is ClientIP';
  if (!config) return [required(path, why)];
  if (!config.clientIP) return [required(`${path}.clientIP`, why)];
  const { timeoutSeconds } = config.clientIP;
  if (timeoutSeconds === undefined) return [required(`${path}.clientIP.timeoutSeconds`, why)];
  if (timeoutSeconds > 0 && timeoutSeconds <= MAX_AFFINITY_SECONDS) return [];
  const range = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
  return [invalid(`${path}.clientIP.timeoutSeconds`, timeoutSeconds, range)];
}

function validateExternalIps(addresses: readonly string[]): StatusCause[] {
  return addresses.flatMap((address, index) => {
    const wrong = checkIpAddress(address);
    return invalidEach(`spec.externalIPs[${index}]`, address, wrong.length > 0 ? wrong : checkNonSpecialIp(address));
  });
}

function validateLoadBalancer(spec: ServiceSpec): StatusCause[] {
  const { loadBalancerSourceRanges: ranges = [], allocateLoadBalancerNodePorts, loadBalancerClass } = spec;
  // The capital is Kubernetes' own.
  const rangesPath = 'spec.LoadBalancerSourceRanges';
  const isLoadBalancer = spec.type === 'LoadBalancer';
  return [
    ...(ranges.length > 0 && !isLoadBalancer ? [forbidden(rangesPath, ONLY_LOAD_BALANCER)] : []),
    ...ranges.flatMap((cidr, index) => invalidEach(`${rangesPath}[${index}]`, cidr, checkCidr(cidr.trim()))),
    ...(allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer
      ? [forbidden('spec.allocateLoadBalancerNodePorts', ONLY_LOAD_BALANCER)]
      : []),
    ...(isLoadBalancer && allocateLoadBalancerNodePorts === undefined
      ? [required('spec.allocateLoadBalancerNodePorts')]
      : []),
    ...(loadBalancerClass === undefined
      ? []
      : isLoadBalancer
        ? invalidEach('spec.loadBalancerClass', loadBalancerClass, checkQualifiedName(loadBalancerClass))
        : [forbidden('spec.loadBalancerClass', ONLY_LOAD_BALANCER)]),
  ];
}

function validateTrafficPolicies(spec: ServiceSpec): StatusCause[] {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, trafficDistribution } = spec;
  return [
    ...validateExternalPolicy(spec, external),
    ...validateHealthCheckPort(spec),
    ...(internal === undefined && !needsClusterIp(spec) ? [] : oneOf('spec.internalTrafficPolicy', internal, POLICIES)),
    ...(trafficDistribution === undefined || DISTRIBUTIONS.includes(trafficDistribution)
      ? []
      : [notSupported('spec.trafficDistribution', trafficDistribution, DISTRIBUTIONS)]),
  ];
}

function validateExternalPolicy(spec: ServiceSpec, policy: string | undefined): StatusCause[] {
  const path = 'spec.externalTrafficPolicy';
  if (isExternallyAccessible(spec)) return oneOf(path, policy, POLICIES);
  return policy ? [invalid(path, policy, 'may only be set for externally-accessible services')] : [];
}

/** Not demanded where it is needed: admission gives it out, before or after. */
function validateHealthCheckPort(spec: ServiceSpec): StatusCause[] {
  const path = 'spec.healthCheckNodePort';
  const { healthCheckNodePort: port } = spec;
  if (!port) return [];
  if (needsHealthCheckNodePort(spec)) return invalidEach(path, port, checkPortNumber(port));
  const when = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  return [invalid(path, port, when)];
}
