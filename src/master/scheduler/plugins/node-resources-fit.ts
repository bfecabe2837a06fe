import type { FilterPlugin } from '../framework.ts';
import { podRequests } from '../resources.ts';

/** The pod's requests fit into what the node's pods leave of allocatable. */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  filter(pod, { allocatable, requested }) {
    const reasons: string[] = [];
    if ((requested.pods ?? 0) + 1 > (allocatable.pods ?? 0)) reasons.push('Too many pods');
    for (const [name, amount] of Object.entries(podRequests(pod))) {
      // Zero requests fit always, even on a node that is over-committed already.
      if (amount > 0 && amount > (allocatable[name] ?? 0) - (requested[name] ?? 0))
        reasons.push(`Insufficient ${name}`);
    }
    return reasons;
  },
};
