import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { type Conditions, type Verdict, withCondition, without } from './conditions.ts';
import { maxUnavailable } from './limits.ts';
import type { Counts } from './progress.ts';
import { allOf, type Sets, wantedReplicas } from './sets.ts';

/** What a Deployment tells of the pods of its sets. Counts of nothing are left out, as Kubernetes does. */
export function countsOf({ metadata, status }: Deployment, sets: Sets): Counts {
  const all = allOf(sets);
  const sum = (count: (set: NonNullable<ReplicaSet['status']>) => number | undefined, of = all) =>
    of.reduce((total, set) => total + ((set.status && count(set.status)) ?? 0), 0);
  const available = sum(({ availableReplicas }) => availableReplicas);
  return {
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
    ...positive({
      replicas: sum(({ replicas }) => replicas),
      updatedReplicas: sum(({ replicas }) => replicas, sets.newSet ? [sets.newSet] : []),
      readyReplicas: sum(({ readyReplicas }) => readyReplicas),
      availableReplicas: available,
      unavailableReplicas: wantedReplicas(all) - available,
    }),
    terminatingReplicas: sum(({ terminatingReplicas }) => terminatingReplicas),
    ...(status?.collisionCount === undefined ? {} : { collisionCount: status.collisionCount }),
  };
}

/** The status of these counts, with Available judged by them. */
export function statusOf(
  deployment: Deployment,
  counts: Counts,
  conditions: Conditions,
  now: Millis,
): DeploymentStatus {
  const judged = withCondition(conditions, availability(deployment, counts), now);
  return { ...counts, conditions: [...judged] };
}

/** The conditions with what keeps a set from making its pods: the newest set's word first. */
export function withReplicaFailure(conditions: Conditions, sets: Sets, now: Millis): Conditions {
  const failures = [...(sets.newSet ? [sets.newSet] : []), ...sets.old].flatMap(
    ({ status }) => status?.conditions?.find(({ type }) => type === 'ReplicaFailure') ?? [],
  );
  const [failure] = failures;
  return failure ? withCondition(conditions, asVerdict(failure), now) : without(conditions, 'ReplicaFailure');
}

function asVerdict({ status, reason = '', message = '' }: DeploymentCondition): Verdict {
  return { type: 'ReplicaFailure', status: status === 'True' ? 'True' : 'False', reason, message };
}

function availability(deployment: Deployment, { availableReplicas = 0 }: Counts): Verdict {
  return availableReplicas >= deployment.spec.replicas - maxUnavailable(deployment)
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function positive(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => typeof count === 'number' && count > 0));
}
