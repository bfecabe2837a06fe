import type { Node } from '../../types.ts';

/** What a node's agent tells of the network around it. */
export interface LanFacts {
  /** `192.168.1.0/24` */
  readonly subnets: readonly string[];
  /** Held by it now for Services. */
  readonly addresses: readonly string[];
  /** Addresses it was given and did not take, since somebody else has them: the other's link address by address. */
  readonly conflicts: Readonly<Record<string, string>>;
}

const SUBNETS = 'node.bramble.dev/lan-subnets';
const ADDRESSES = 'node.bramble.dev/lan-addresses';
const CONFLICTS = 'node.bramble.dev/lan-conflicts';

/** The annotations of its Node that an agent writes itself. */
export const LAN_ANNOTATIONS: readonly string[] = [SUBNETS, ADDRESSES, CONFLICTS];

/** As annotations; what there is none of is left out. */
export function toAnnotations({ subnets, addresses, conflicts }: LanFacts): Record<string, string> {
  const pairs = Object.entries(conflicts).map(([address, owner]) => `${address}=${owner}`);
  const all = { [SUBNETS]: subnets.join(','), [ADDRESSES]: addresses.join(','), [CONFLICTS]: pairs.join(',') };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
}

/** The inverse. */
export function lanFactsOf({ metadata }: Node): LanFacts {
  const list = (key: string) => (metadata.annotations?.[key] ?? '').split(',').filter((item) => item !== '');
  return {
    subnets: list(SUBNETS),
    addresses: list(ADDRESSES),
    conflicts: Object.fromEntries(list(CONFLICTS).map((pair) => pair.split('=', 2))) as Record<string, string>,
  };
}
