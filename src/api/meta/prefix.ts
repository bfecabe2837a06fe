import { isIPv4, isIPv6 } from 'node:net';

/** Addresses and networks of both families as numbers. */

export type Family = 'IPv4' | 'IPv6';

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A network: `base` has no bits set behind the first `bits`. */
export interface Prefix {
  readonly family: Family;
  readonly base: bigint;
  readonly bits: number;
}

const WIDTH = { IPv4: 32, IPv6: 128 } as const;

/** @returns undefined for what is no address */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 'IPv4', value: fromWords(text.split('.').map(Number), 8) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const [head = '', tail] = canonicalIpv6(text).split('::');
  const words = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  const [first, last] = [words(head), words(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return { family: 'IPv6', value: fromWords([...first, ...zeros, ...last], 16) };
}

/** `10.42.0.0/16`, `2001:db8::/64`. @returns undefined for what is none, or has bits set beyond its length */
export function parsePrefix(text: string): Prefix | undefined {
  const [, host = '', length = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseAddress(host);
  const bits = Number(length);
  if (!address || length === '' || bits > WIDTH[address.family]) return undefined;
  const { family, value } = address;
  return firstOf(family, value, bits) === value ? { family, base: value, bits } : undefined;
}

export function prefixContains({ family, base, bits }: Prefix, address: Address): boolean {
  return address.family === family && firstOf(family, address.value, bits) === base;
}

/** Whether every address of `inner` is one of `outer`; a network covers itself. */
export function prefixCovers(outer: Prefix, inner: Prefix): boolean {
  return outer.bits <= inner.bits && prefixContains(outer, { family: inner.family, value: inner.base });
}

/** As RFC 5952 writes it: `2001:db8::1`. @param text a valid IPv6 address */
export function canonicalIpv6(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

function firstOf(family: Family, value: bigint, bits: number): bigint {
  const free = BigInt(WIDTH[family] - bits);
  return (value >> free) << free;
}

function fromWords(words: readonly number[], bits: number): bigint {
  return words.reduce((value, word) => (value << BigInt(bits)) | BigInt(word), 0n);
}
