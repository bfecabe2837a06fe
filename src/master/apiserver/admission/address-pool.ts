import { parseCidr, parseIpv4 } from '../../../lib/ipv4.ts';

/** An IPv4 range as numbers, without its network and broadcast addresses. */
export interface AddressRange {
  readonly cidr: string;
  readonly first: number;
  readonly last: number;
  /** From here on addresses are given out at random; below lie those that people choose (Kubernetes' static band). */
  readonly firstDynamic: number;
}

const MIN_BAND = 16;
const MAX_BAND = 256;

/** @param cidr IPv4: `10.43.0.0/16`. @throws RangeError when it is none, or leaves no addresses. */
export function parseRange(cidr: string): AddressRange {
  const range = parseCidr(cidr);
  if (!range || range.size < 4) throw new RangeError(`not a usable IPv4 range: ${cidr}`);
  const { base, size } = range;
  const first = base + 1;
  const last = base + size - 2;
  // Of a /16: min(max(16, 65536/16), 256) = 256 addresses.
  const band = size <= MIN_BAND ? 0 : Math.min(Math.max(MIN_BAND, Math.floor(size / 16)), MAX_BAND);
  return { cidr, first, last, firstDynamic: Math.min(first + band, last) };
}

export function contains({ first, last }: AddressRange, ip: string): boolean {
  const number = parseIpv4(ip);
  return number !== undefined && number >= first && number <= last;
}

/**
 * A free number: at random from the upper part, then from the lower one.
 * @param pick a random integer from 0 to below its argument. @returns undefined when all are taken.
 */
export function pickFree(
  { first, middle, last }: { readonly first: number; readonly middle: number; readonly last: number },
  isTaken: (candidate: number) => boolean,
  pick: (below: number) => number,
): number | undefined {
  return pickWithin(middle, last, isTaken, pick) ?? pickWithin(first, middle - 1, isTaken, pick);
}

/** From a random start once around: every free number is found, however few there are. */
function pickWithin(
  from: number,
  to: number,
  isTaken: (candidate: number) => boolean,
  pick: (below: number) => number,
): number | undefined {
  const count = to - from + 1;
  if (count <= 0) return undefined;
  const offset = pick(count);
  for (let i = 0; i < count; i++) {
    const candidate = from + ((offset + i) % count);
    if (!isTaken(candidate)) return candidate;
  }
  return undefined;
}
