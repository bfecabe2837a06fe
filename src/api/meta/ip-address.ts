import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { canonicalIpv6, parsePrefix } from './prefix.ts';

/** Checks of addresses, beside those of validation.ts: what is wrong in Kubernetes' words, empty when nothing is. */

type Range = readonly [address: string, prefix: number];

const LOOPBACK = rangesOf(['127.0.0.0', 8], ['::1', 128]);
const LINK_LOCAL = rangesOf(['169.254.0.0', 16], ['fe80::', 10]);
const LINK_LOCAL_MULTICAST = rangesOf(['224.0.0.0', 24], ['ff02::', 16]);
const UNSPECIFIED = rangesOf(['0.0.0.0', 32], ['::', 128]);

/** An endpoint is an address that another machine can send to. Source: core, validation.ValidateNonSpecialIP. */
export function checkNonSpecialIp(value: string): string[] {
  const family = isIP(value);
  if (family === 0) return ['must be a valid IP address'];
  const isIn = (ranges: BlockList): boolean => ranges.check(value, family === 4 ? 'ipv4' : 'ipv6');
  return [
    ...(isIn(UNSPECIFIED) ? [`may not be unspecified (${value})`] : []),
    ...(isIn(LOOPBACK) ? ['may not be in the loopback range (127.0.0.0/8, ::1/128)'] : []),
    ...(isIn(LINK_LOCAL) ? ['may not be in the link-local range (169.254.0.0/16, fe80::/10)'] : []),
    ...(isIn(LINK_LOCAL_MULTICAST) ? ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'] : []),
  ];
}

export function checkIpv4Address(value: string): string[] {
  return isIPv4(value) ? [] : ['must be a valid IPv4 address'];
}

export function checkIpv6Address(value: string): string[] {
  return isIPv6(value) ? [] : ['must be a valid IPv6 address'];
}

export function checkCidr(value: string): string[] {
  const [, address = '', prefix = ''] = /^(.*)\/(\d{1,3})$/.exec(value) ?? [];
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return bits >= 0 && Number(prefix) <= bits ? [] : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
}

/** An address as the name of an object: in the one form that all write it in. Source: apimachinery, validation.IsValidIP. */
export function checkCanonicalIp(value: string): string[] {
  if (!isIP(value) || value.includes('%')) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (/^::ffff:\d+\./i.test(value)) return ['must not be an IPv4-mapped IPv6 address'];
  return checkCanonical(value, isIPv6(value) ? canonicalIpv6(value) : value);
}

/** A network likewise. Source: apimachinery, validation.IsValidCIDR. */
export function checkCanonicalCidr(value: string): string[] {
  const wrong = checkCidr(value);
  if (wrong.length > 0) return wrong;
  const [address = '', bits = ''] = value.split('/');
  if (bits !== String(Number(bits))) return ['must not have leading 0s in IP or prefix length'];
  if (!parsePrefix(value)) return ['must not have bits set beyond the prefix length'];
  return checkCanonical(value, isIPv6(address) ? `${canonicalIpv6(address)}/${bits}` : value);
}

function checkCanonical(value: string, canonical: string): string[] {
  return value === canonical ? [] : [`must be in canonical form ("${canonical}")`];
}

/** Of an address or a CIDR; `undefined` when it is neither. */
export function ipFamilyOf(value: string): 'IPv4' | 'IPv6' | undefined {
  const [address = ''] = value.split('/');
  return isIPv4(address) ? 'IPv4' : isIPv6(address) ? 'IPv6' : undefined;
}

/** `1.2.3.4:80`, `[::1]:80`. */
export function hostPort(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function rangesOf([v4, v4Prefix]: Range, [v6, v6Prefix]: Range): BlockList {
  const list = new BlockList();
  list.addSubnet(v4, v4Prefix, 'ipv4');
  list.addSubnet(v6, v6Prefix, 'ipv6');
  return list;
}
