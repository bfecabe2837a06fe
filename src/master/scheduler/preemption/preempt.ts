import type { Pod, PodDisruptionBudget } from '../../../api/types.ts';
import type { NoPlacement } from '../cycle.ts';
import { explain } from '../explain.ts';
import type { ClusterView, Refusal } from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Candidate, candidateOn } from './candidate.ts';
import { choose } from './choose.ts';

export const PREEMPTED = 'PreemptionByScheduler';

export type Preemption =
  | { readonly do: 'evict'; readonly node: string; readonly victims: readonly PodInfo[] }
  /** Nobody's leaving would help: the room that was kept for the pod is given up. */
  | { readonly do: 'giveUp'; readonly why: string }
  /** It is too early, or not this pod's to do. */
  | { readonly do: 'wait'; readonly why: string };

export interface PreemptionInput {
  readonly pod: PodInfo;
  readonly outcome: NoPlacement;
  readonly view: ClusterView;
  readonly budgets: readonly PodDisruptionBudget[];
  /** The node that the pod was promised by an earlier preemption. */
  readonly nominated: string | undefined;
}

/** Decides whether lower pods have to leave a node for this one. Source: kube-scheduler, DefaultPreemption. */
export function preempt(input: PreemptionInput): Preemption {
  const why = notEligible(input);
  if (why !== undefined) return { do: 'wait', why };
  const { candidates, refusals } = findCandidates(input);
  const best = choose(candidates);
  if (best) return { do: 'evict', node: best.node, victims: best.victims };
  return { do: 'giveUp', why: explain(input.view.nodes.length, refusals) };
}

function notEligible({ pod, outcome, view, nominated }: PreemptionInput): string | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const refused = nominated === undefined ? undefined : outcome.refusals.get(nominated);
  // The node will not do any more, whoever leaves it.
  if (!refused?.isResolvable) return undefined;
  const node = view.nodes.find(({ name }) => name === nominated);
  const isLeaving = (other: PodInfo) => other.priority < pod.priority && isPreempted(other.pod);
  if (![...(node?.pods.values() ?? [])].some(isLeaving)) return undefined;
  return 'not eligible due to a terminating pod on the nominated node.';
}

function isPreempted({ metadata, status }: Pod): boolean {
  return (
    Boolean(metadata.deletionTimestamp) &&
    (status?.conditions ?? []).some(
      ({ type, status: is, reason }) => type === 'DisruptionTarget' && is === 'True' && reason === PREEMPTED,
    )
  );
}

/** So many candidates are enough to choose from: a tenth of the nodes, and at least 100. */
function enoughCandidates(nodeCount: number): number {
  return Math.max(100, Math.floor(nodeCount / 10));
}

function findCandidates({ pod, outcome, view, budgets }: PreemptionInput) {
  const candidates: Candidate[] = [];
  const refusals: Pick<Refusal, 'reasons'>[] = [];
  const enough = enoughCandidates(view.nodes.length);
  for (const node of view.nodes) {
    const isHarmless = candidates.some(({ budgetViolations }) => budgetViolations === 0);
    if (candidates.length >= enough && isHarmless) break;
    if (!outcome.refusals.get(node.name)?.isResolvable) {
      refusals.push({ reasons: ['Preemption is not helpful for scheduling'] });
      continue;
    }
    const found = candidateOn(node, pod, view, budgets);
    if ('victims' in found) candidates.push(found);
    else refusals.push(found);
  }
  return { candidates, refusals };
}
