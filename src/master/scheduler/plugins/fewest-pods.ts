import type { ScorePlugin } from '../framework.ts';

/** Prefers nodes with fewer pods, so that pods without requests are spread as well. */
export const fewestPods: ScorePlugin = {
  name: 'FewestPods',
  weight: 1,
  score(_pod, { allocatable, pods }) {
    const room = allocatable.pods ?? 0;
    return room > 0 ? Math.max(0, 100 * (1 - pods.length / room)) : 0;
  },
};
