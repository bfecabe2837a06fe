import type { FilterPlugin } from '../framework.ts';

/** The pod's requests fit into what the node's pods leave of allocatable. */
export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  prepare({ requests }) {
    // Zero requests fit always, even on a node that is over-committed already.
    const wanted = Object.entries(requests).filter(([, amount]) => amount > 0);
    return ({ pods, allocatable, requested }) => {
      let reasons: string[] | undefined;
      let isResolvable = true;
      if (pods.size + 1 > (allocatable.pods ?? 0)) reasons = ['Too many pods'];
      for (const [name, amount] of wanted) {
        const all = allocatable[name] ?? 0;
        if (amount <= all - (requested[name] ?? 0)) continue;
        reasons = [...(reasons ?? []), `Insufficient ${name}`];
        // Not even the empty node has as much.
        if (amount > all) isResolvable = false;
      }
      return reasons && { reasons, isResolvable };
    };
  },
};
