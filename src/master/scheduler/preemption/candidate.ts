import type { PodDisruptionBudget } from '../../../api/types.ts';
import { PodFilters } from '../filters.ts';
import { type ClusterView, type Refusal, unresolvable, withNode } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { sortByBudgets } from './budgets.ts';
import { byImportance } from './importance.ts';

/** A node that would take the pod if these left it. */
export interface Candidate {
  readonly node: string;
  /** The most important first; at least one. */
  readonly victims: readonly PodInfo[];
  readonly budgetViolations: number;
}

/**
 * The fewest and least important pods of a node that have to leave for the pod: all of lower priority are taken away, and then
 * given back one by one, the most important and those that a budget protects first, as long as the pod still fits.
 * Source: kube-scheduler, SelectVictimsOnNode.
 */
export function candidateOn(
  node: NodeInfo,
  pod: PodInfo,
  view: ClusterView,
  budgets: readonly PodDisruptionBudget[],
): Candidate | Refusal {
  const lower = [...node.pods.values()].filter(({ priority }) => priority < pod.priority);
  if (lower.length === 0) return unresolvable('No preemption victims found for incoming pod');
  const trial = node.copy();
  for (const { uid } of lower) trial.remove(uid);
  const refusal = () => new PodFilters(pod, withNode(view, trial)).refusal(trial);
  const refused = refusal();
  if (refused) return refused;
  const { violating, allowed } = sortByBudgets(lower.sort(byImportance), budgets);
  const leave = (pods: readonly PodInfo[]) =>
    pods.filter((other) => {
      trial.add(other);
      const isInTheWay = refusal() !== undefined;
      if (isInTheWay) trial.remove(other.uid);
      return isInTheWay;
    });
  const protectedVictims = leave(violating);
  const victims = [...protectedVictims, ...leave(allowed)].sort(byImportance);
  return { node: node.name, victims, budgetViolations: protectedVictims.length };
}
