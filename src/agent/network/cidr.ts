import { NetworkError } from './network-error.ts';

/** An IPv4 range: addresses as numbers, 0 to 2^32 - 1. */
export interface Cidr {
  readonly first: number;
  readonly size: number;
}

/** @throws NetworkError InvalidCidr unless `text` is like `10.42.3.0/24`, with no bit set past the prefix */
export function parseCidr(text: string): Cidr {
  const [address = '', length = ''] = text.split('/');
  const first = parseAddress(address);
  const prefix = /^\d{1,2}$/.test(length) ? Number(length) : Number.NaN;
  const size = 2 ** (32 - prefix);
  if (first === undefined || !(prefix <= 32) || first % size !== 0)
    throw new NetworkError('InvalidCidr', `${text} is not an IPv4 range like 10.42.3.0/24`);
  return { first, size };
}

/** undefined for what is not four numbers up to 255. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}

/** The node's own address on its pod bridge: the first of the range. */
export function gatewayOf({ first }: Cidr): string {
  return formatAddress(first + 1);
}
