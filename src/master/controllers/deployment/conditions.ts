import type { DeploymentCondition } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';

export type Conditions = readonly DeploymentCondition[];

/** The words of a condition. */
export interface Verdict {
  readonly type: 'Progressing' | 'Available' | 'ReplicaFailure';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export function conditionOf(conditions: Conditions, type: Verdict['type']): DeploymentCondition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** The conditions with this one at the end. What says the same for the same reason stays as it is. */
export function withCondition(conditions: Conditions, verdict: Verdict, now: Millis): Conditions {
  const current = conditionOf(conditions, verdict.type);
  if (current?.status === verdict.status && current.reason === verdict.reason) return conditions;
  return renewed(conditions, verdict, now);
}

/** As withCondition, but its lastUpdateTime becomes now even when nothing else changes: how progress is told. */
export function renewed(conditions: Conditions, verdict: Verdict, now: Millis): Conditions {
  const at = toRfc3339(now);
  const current = conditionOf(conditions, verdict.type);
  const since = current?.status === verdict.status ? (current.lastTransitionTime ?? at) : at;
  return [...without(conditions, verdict.type), { ...verdict, lastUpdateTime: at, lastTransitionTime: since }];
}

export function without(conditions: Conditions, type: Verdict['type']): Conditions {
  return conditions.filter((condition) => condition.type !== type);
}
