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
  const [base = '', bits = ''] = cidr.split('/');
  const start = toNumber(base);
  const size = 2 ** (32 - Number(bits));
  if (start === undefined || !/^\d+$/.test(bits) || size < 4) throw new RangeError(`not a usable IPv4 range: ${cidr}`);
  const network = start - (start % size);
  const first = network + 1;
  const last = network + size - 2;
  // Of a /16: min(max(16, 65536/16), 256) = 256 addresses.
  const band = size <= MIN_BAND ? 0 : Math.min(Math.max(MIN_BAND, Math.floor(size / 16)), MAX_BAND);
  return { cidr, first, last, firstDynamic: Math.min(first + band, last) };
}

export function contains({ first, last }: AddressRange, ip: string): boolean {
  const number = toNumber(ip);
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

/** @returns undefined when `ip` is no dotted IPv4 address. */
export function toNumber(ip: string): number | undefined {
  const parts = ip.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
