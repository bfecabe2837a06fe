import { isIPv4, isIPv6 } from 'node:net';
import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, invalid, invalidEach, notSupported, required } from '../../meta/field-errors.ts';
import { ipFamilyOf } from '../../meta/ip-address.ts';
import { checkIpAddress } from '../../meta/validation.ts';
import { HEADLESS, hasSelector, isHeadless, type ServiceSpec } from './traits.ts';

const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Source: core, validation.ValidateServiceClusterIPsRelatedFields; ExternalName has rules of its own. */
export function validateClusterIps(spec: ServiceSpec): StatusCause[] {
  if (spec.type === 'ExternalName') return [];
  const addresses = spec.clusterIPs ?? [];
  const wrong = validateAddresses(addresses);
  return [
    ...validatePair(spec.clusterIP ?? '', addresses),
    ...validateFamilies(spec),
    ...wrong,
    ...(addresses.length > 2 ? [invalid('spec.clusterIPs', addresses, 'may only hold up to 2 values')] : []),
    // Of addresses that are none nothing else can be said.
    ...(wrong.length > 0 ? [] : validateAgainstFamilies(spec, addresses)),
  ];
}

function validatePair(first: string, addresses: readonly string[]): StatusCause[] {
  const path = 'spec.clusterIPs';
  if (!first) {
    return addresses.length > 0 ? [invalid(path, addresses, 'must be empty when `clusterIP` is not specified')] : [];
  }
  if (addresses.length === 0) return [required(path)];
  return addresses[0] === first ? [] : [invalid(path, addresses, 'first value must match `clusterIP`')];
}

function validateFamilies(spec: ServiceSpec): StatusCause[] {
  const { ipFamilies = [], clusterIPs = [], ipFamilyPolicy: policy } = spec;
  const dual = "must be 'RequireDualStack' or 'PreferDualStack'";
  const policyPath = 'spec.ipFamilyPolicy';
  const isUnknown = policy !== undefined && !FAMILY_POLICIES.includes(policy);
  const isFree = isHeadless(spec) && !hasSelector(spec);
  return [
    ...ipFamilies.flatMap((_, index) => validateFamily(ipFamilies, index, isFree)),
    ...(isUnknown ? [notSupported(policyPath, policy, FAMILY_POLICIES)] : []),
    ...(policy === 'RequireDualStack' && !isFree
      ? [invalid(policyPath, policy, 'this cluster is not configured for dual-stack services')]
      : []),
    ...(policy === 'SingleStack' && clusterIPs.length > 1
      ? [invalid(policyPath, policy, `${dual} when multiple cluster IPs are specified`)]
      : []),
    ...(policy === 'SingleStack' && ipFamilies.length > 1
      ? [invalid(policyPath, policy, `${dual} when multiple IP families are specified`)]
      : []),
  ];
}

/** @param isFree whoever writes its endpoints may use the family that the cluster does not have */
function validateFamily(all: readonly string[], index: number, isFree: boolean): StatusCause[] {
  const path = `spec.ipFamilies[${index}]`;
  const family = all[index] ?? '';
  if (!FAMILIES.includes(family)) return [notSupported(path, family, FAMILIES)];
  if (all.indexOf(family) < index) return [duplicate(path, family)];
  return family === 'IPv6' && !isFree ? [invalid(path, family, 'not configured on this cluster')] : [];
}

function validateAddresses(addresses: readonly string[]): StatusCause[] {
  return addresses.flatMap((address, index) => {
    if (index > 0 || address !== HEADLESS) {
      return invalidEach(`spec.clusterIPs[${index}]`, address, checkIpAddress(address));
    }
    return addresses.length > 1
      ? [invalid('spec.clusterIPs', addresses, "'None' must be the first and only value")]
      : [];
  });
}

function validateAgainstFamilies(spec: ServiceSpec, addresses: readonly string[]): StatusCause[] {
  const families = new Set(addresses.map(ipFamilyOf));
  return [
    ...(addresses.length === 2 && families.size < 2
      ? [invalid('spec.clusterIPs', addresses, 'may specify no more than one IP for each IP family')]
      : []),
    ...(spec.ipFamilies ?? []).flatMap((family, index) => {
      const address = addresses[index] ?? '';
      const isOther = family === 'IPv4' ? isIPv6(address) : isIPv4(address);
      const why = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
      return isOther ? [invalid(`spec.clusterIPs[${index}]`, address, why)] : [];
    }),
  ];
}
