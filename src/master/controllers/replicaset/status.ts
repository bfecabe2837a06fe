import { labelMapMatcher } from '../../../api/meta/labels.ts';
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import { claim } from '../workload/claim.ts';
import { countAs } from '../workload/count-as.ts';
import { availableSince, isPodAvailable, isPodReady, isPodTerminating } from '../workload/pod-state.ts';
import { activePodsOf } from './plan.ts';

/** Why the last pass could not create or delete what it wanted to. */
export interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** What a ReplicaSet tells of its pods. Counts of nothing are left out, as Kubernetes does. @param pods all of its namespace */
export function statusOf(
  set: ReplicaSet,
  pods: readonly Pod[],
  { failure, now }: { readonly failure?: Failure | undefined; readonly now: Millis },
): ReplicaSetStatus {
  const active = activePodsOf(set, pods);
  const labels = set.spec.template.metadata?.labels ?? {};
  const hasTemplateLabels = labelMapMatcher(labels);
  const isFullyLabeled = ({ metadata }: Pod) =>
    Object.keys(labels).length === 0 || hasTemplateLabels.matches(metadata.labels);
  const { minReadySeconds = 0 } = set.spec;
  const conditions = withFailure(set.status?.conditions ?? [], failure, now);
  return {
    replicas: active.length,
    ...countAs('fullyLabeledReplicas', active.filter(isFullyLabeled).length),
    ...countAs('readyReplicas', active.filter(isPodReady).length),
    ...countAs('availableReplicas', active.filter((pod) => isPodAvailable(pod, minReadySeconds, now)).length),
    terminatingReplicas: claim(set, pods).owned.filter(isPodTerminating).length,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** When the next ready pod becomes available, in ms from now: nothing else tells of it. @returns undefined when none is waiting */
export function nextAvailableMs(set: ReplicaSet, pods: readonly Pod[], now: Millis): number | undefined {
  const { minReadySeconds = 0 } = set.spec;
  const waits = activePodsOf(set, pods)
    .map((pod) => (availableSince(pod, minReadySeconds) ?? 0) - now)
    .filter((ms) => ms > 0);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

/** The first reason stands until all goes well. */
function withFailure(
  conditions: readonly ReplicaSetCondition[],
  failure: Failure | undefined,
  now: Millis,
): ReplicaSetCondition[] {
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others;
  if (others.length < conditions.length) return [...conditions];
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: toRfc3339(now), ...failure }];
}
