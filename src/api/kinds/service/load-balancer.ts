import type { Service } from '../../types.ts';

/** spec.loadBalancerClass of Services that this cluster balances itself, at its nodes' addresses; so it does those of no class. */
export const NODE_ADDRESSES_CLASS = 'bramble.dev/node-addresses';

/** An address of the nodes' network that the Service is to be reached at, and that one node after the other holds. */
export const LAN_ADDRESS = 'bramble.dev/lan-address';
/** Which node holds it: the master's to write. */
export const LAN_ADDRESS_NODE = 'bramble.dev/lan-address-node';

/** Of type LoadBalancer, and not somebody else's to balance. */
export function isBalancedHere({ spec }: Pick<Service, 'spec'>): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? NODE_ADDRESSES_CLASS) === NODE_ADDRESSES_CLASS;
}

/** The one address that it asks for, of a node or a free one of the network; undefined: those of all nodes. */
export function requestedAddress({ metadata, spec }: Pick<Service, 'metadata' | 'spec'>): string | undefined {
  return (metadata.annotations?.[LAN_ADDRESS] ?? spec.loadBalancerIP)?.trim() || undefined;
}

/** The node that the master gave its address to. */
export function holderOf({ metadata }: Pick<Service, 'metadata'>): string | undefined {
  return metadata.annotations?.[LAN_ADDRESS_NODE];
}
