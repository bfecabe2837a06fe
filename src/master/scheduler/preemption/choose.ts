import type { Candidate } from './candidate.ts';
import { startOf } from './importance.ts';

/** Less is better; each decides among those that the ones before it leave equal. */
const COSTS: readonly ((candidate: Candidate) => number)[] = [
  ({ budgetViolations }) => budgetViolations,
  highestPriority,
  // Priorities may be negative; shifted, each victim adds to the sum, and few victims are better than many.
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
  ({ victims }) => victims.length,
  // Whoever has run longest among the most important is to go on: the latest of the earliest starts is the best.
  (candidate) => -earliestStart(candidate),
];

/** The node whose victims are missed least. Source: kube-scheduler, pickOneNodeForPreemption. */
export function choose(candidates: readonly Candidate[]): Candidate | undefined {
  let best = candidates;
  for (const cost of COSTS) {
    if (best.length <= 1) break;
    const least = Math.min(...best.map(cost));
    best = best.filter((candidate) => cost(candidate) === least);
  }
  return best[0];
}

function highestPriority({ victims }: Candidate): number {
  return victims[0]?.priority ?? Number.MIN_SAFE_INTEGER;
}

function earliestStart(candidate: Candidate): number {
  const highest = highestPriority(candidate);
  return Math.min(...candidate.victims.filter(({ priority }) => priority === highest).map(startOf));
}
