import { MAX_SCORE, type ScorePlugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';

/** What a small computer suffers from before it fails. */
const TROUBLES: ReadonlySet<string> = new Set(['ThermalThrottled', 'UnderVoltage', 'SlowDisk']);

function troublesOf({ node }: NodeInfo): number {
  const conditions = node.status?.conditions ?? [];
  return conditions.filter(({ type, status }) => status === 'True' && TROUBLES.has(type)).length;
}

/** Ours: a node that is hot, undervolted or has a slow disk is taken when the others are much worse. */
export const nodeHealth: ScorePlugin = {
  name: 'NodeHealth',
  weight: 4,
  prepare(_pod, feasible) {
    if (feasible.every((node) => troublesOf(node) === 0)) return undefined;
    return { score: (node) => MAX_SCORE / (1 + 3 * troublesOf(node)) };
  },
};
