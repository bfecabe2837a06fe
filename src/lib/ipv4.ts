/** IPv4 addresses as numbers, 0 to 2^32 - 1. */

export interface Cidr {
  /** The text as given: `10.42.0.0/16`. */
  readonly text: string;
  /** First address. */
  readonly base: number;
  /** How many addresses. */
  readonly size: number;
}

/** Reads an IPv4 address. @returns it as a 32-bit number. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Reads an IPv4 network whose host bits are zero. @returns undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length = ''] = text.split('/');
  const base = parseIpv4(address);
  if (base === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  return base % size === 0 ? { text, base, size } : undefined;
}

/** Is the address within the network? */
export function cidrContains({ base, size }: Cidr, address: number): boolean {
  return address >= base && address < base + size;
}

/** Have two networks an address in common? */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, b.base) || cidrContains(b, a.base);
}
