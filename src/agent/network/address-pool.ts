import { type Cidr, formatIpv4, parseIpv4 } from '../../lib/ipv4.ts';

/** Which pod has which address; what is on disk. */
export interface AddressState {
  readonly podCidr: string;
  /** The address given out last: the search goes on behind it. */
  readonly last: string | undefined;
  readonly byPod: Readonly<Record<string, string>>;
}

/**
 * The next free pod address: round robin, so that one which was just given back rests the longest (connection tracking
 * and DNS caches still send its old pod's traffic there). Never the range's own address, the gateway or broadcast:
 * of 10.42.3.0/24, .2 to .254.
 * @returns undefined when all are taken
 */
export function nextAddress(
  { base, size }: Cidr,
  taken: ReadonlySet<string>,
  last: string | undefined,
): string | undefined {
  const usable = size - 3;
  const from = (last === undefined ? undefined : parseIpv4(last)) ?? base + 1;
  // An address from another range (the node's CIDR has changed) begins anew.
  const start = from > base && from < base + size - 1 ? from - base - 1 : 0;
  for (let step = 0; step < usable; step++) {
    const address = formatIpv4(base + 2 + ((start + step) % usable));
    if (!taken.has(address)) return address;
  }
  return undefined;
}

/** What of a state still holds under a CIDR: nothing when it is another. */
export function stateFor(podCidr: string, state: AddressState | undefined): AddressState {
  return state?.podCidr === podCidr ? state : { podCidr, last: undefined, byPod: {} };
}

/** Reads what was on disk; undefined when it is not ours or damaged. Pods then get new addresses with their next sandbox. */
export function parseAddressState(text: string): AddressState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // cut off by an old kernel's crash
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { podCidr, last, byPod } = value as Record<string, unknown>;
  if (typeof podCidr !== 'string' || typeof byPod !== 'object' || byPod === null) return undefined;
  const entries = Object.entries(byPod).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { podCidr, last: typeof last === 'string' ? last : undefined, byPod: Object.fromEntries(entries) };
}
