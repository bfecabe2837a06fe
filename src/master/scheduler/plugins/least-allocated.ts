import type { ScorePlugin } from '../framework.ts';
import { podRequests, sum } from '../resources.ts';

const SCORED = ['cpu', 'memory'] as const;

/** Prefers nodes with more left: the mean over cpu and memory of the free share, pod included, times 100. */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  score(pod, { allocatable, requested }) {
    const after = sum(requested, podRequests(pod));
    const free = SCORED.map((name) => {
      const total = allocatable[name] ?? 0;
      return total > 0 ? Math.max(0, (total - (after[name] ?? 0)) / total) : 0;
    });
    return (100 * free.reduce((a, b) => a + b, 0)) / SCORED.length;
  },
};
