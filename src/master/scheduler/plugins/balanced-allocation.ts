import { MAX_SCORE, type ScorePlugin } from '../framework.ts';

/**
 * Prefers nodes whose cpu and memory are used to like shares, pod included, so that neither runs out with much of the other
 * left. Half of the difference is the standard deviation of two. A pod that asks for nothing changes no balance.
 */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  prepare({ requests }) {
    if (!requests.cpu && !requests.memory) return undefined;
    return {
      score({ allocatable, requested }) {
        const share = (name: 'cpu' | 'memory'): number => {
          const total = allocatable[name] ?? 0;
          return total > 0 ? Math.min(1, ((requested[name] ?? 0) + (requests[name] ?? 0)) / total) : 0;
        };
        return Math.floor((1 - Math.abs(share('cpu') - share('memory')) / 2) * MAX_SCORE);
      },
    };
  },
};
