import type { PodDisruptionBudgetStatus } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';

type Condition = NonNullable<PodDisruptionBudgetStatus['conditions']>[number];

const TYPE = 'DisruptionAllowed';

/**
 * The status with the condition that says the same as its disruptionsAllowed.
 * @param failure why the budget could not be counted: then nothing is allowed.
 */
export function withDisruptionCondition(
  status: PodDisruptionBudgetStatus,
  generation: number,
  now: Millis,
  failure?: string,
): PodDisruptionBudgetStatus {
  const isAllowed = failure === undefined && (status.disruptionsAllowed ?? 0) > 0;
  const condition: Condition = {
    type: TYPE,
    status: isAllowed ? 'True' : 'False',
    observedGeneration: generation,
    lastTransitionTime: toRfc3339(now),
    reason: failure === undefined ? (isAllowed ? 'SufficientPods' : 'InsufficientPods') : 'SyncFailed',
    message: failure ?? '',
  };
  const before = status.conditions?.find(({ type }) => type === TYPE);
  // Only what changes its status has changed.
  if (before?.status === condition.status) condition.lastTransitionTime = before.lastTransitionTime;
  const others = (status.conditions ?? []).filter(({ type }) => type !== TYPE);
  return { ...status, conditions: [...others, condition] };
}
