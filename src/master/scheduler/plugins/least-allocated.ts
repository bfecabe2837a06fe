import { MAX_SCORE, type ScorePlugin } from '../framework.ts';

const SCORED = ['cpu', 'memory'] as const;

/** Prefers nodes with more left: the mean over cpu and memory of the free share, pod included. */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  prepare({ compared: own }) {
    return {
      score({ allocatable, compared }) {
        let sum = 0;
        let count = 0;
        for (const name of SCORED) {
          const total = allocatable[name] ?? 0;
          if (total <= 0) continue;
          const free = total - (compared[name] ?? 0) - (own[name] ?? 0);
          sum += free <= 0 ? 0 : Math.floor((free * MAX_SCORE) / total);
          count += 1;
        }
        return count === 0 ? 0 : Math.floor(sum / count);
      },
    };
  },
};
