import type { Service } from '../../types.ts';

/** spec.loadBalancerClass of Services that this cluster balances itself, at its nodes' addresses; so it does those of no class. */
export const NODE_ADDRESSES_CLASS = 'bramble.dev/node-addresses';

/** Of type LoadBalancer, and not somebody else's to balance. */
export function isBalancedHere({ spec }: Pick<Service, 'spec'>): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? NODE_ADDRESSES_CLASS) === NODE_ADDRESSES_CLASS;
}
