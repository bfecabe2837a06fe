import type { LabelSelector } from '../../../api/meta/labels.ts';
import type { Deployment, ReplicaSet } from '../../../api/types.ts';
import { controllerReference } from '../workload/owner.ts';
import { POD_TEMPLATE_HASH, templateHash } from '../workload/template-hash.ts';
import { revisionOf, withRevision, withSize } from './annotations.ts';
import { maxSurge } from './limits.ts';
import { allOf, type CompleteSets, type Sets, wantedReplicas } from './sets.ts';

/** The sets with the newest one numbered and described as its Deployment says; the same ones when that is so, or none is there. */
export function refreshNewSet(deployment: Deployment, sets: Sets): Sets {
  const { newSet } = sets;
  if (!newSet) return sets;
  const numbered = withRevision(newSet, deployment, nextRevision(sets));
  const { minReadySeconds = 0 } = deployment.spec;
  const isSameWait = (numbered.spec.minReadySeconds ?? 0) === minReadySeconds;
  const refreshed = isSameWait ? numbered : { ...numbered, spec: { ...numbered.spec, minReadySeconds } };
  return refreshed === newSet ? sets : { ...sets, newSet: refreshed };
}

/** The sets with one for the current template, as it is to be created where it is not there; the same ones where it is. */
export function withNewSet(deployment: Deployment, sets: Sets): CompleteSets {
  return isCompleteSets(sets) ? sets : { ...sets, newSet: makeSet(deployment, sets) };
}

function isCompleteSets(sets: Sets): sets is CompleteSets {
  return sets.newSet !== undefined;
}

function makeSet(deployment: Deployment, sets: Sets): ReplicaSet {
  const { metadata, spec, status } = deployment;
  const hash = templateHash(spec.template, status?.collisionCount);
  const labels = { ...spec.template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
      labels,
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newSetReplicas(deployment, { ...sets, newSet: undefined }),
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: withHash(spec.selector, hash),
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  };
  return withSize(withRevision(set, deployment, nextRevision(sets)), deployment);
}

/** How many pods the newest set may have: what the surge allows beside the others, up to all; with Recreate all at once. */
export function newSetReplicas(deployment: Deployment, sets: Sets): number {
  const { replicas, strategy } = deployment.spec;
  const current = sets.newSet?.spec.replicas ?? 0;
  if (strategy?.type === 'Recreate') return replicas;
  const room = replicas + maxSurge(deployment) - wantedReplicas(allOf(sets));
  return room <= 0 ? current : current + Math.min(room, replicas - current);
}

function nextRevision({ old }: Sets): bigint {
  return old.map(revisionOf).reduce((highest, revision) => (revision > highest ? revision : highest), 0n) + 1n;
}

function withHash(selector: LabelSelector | undefined, hash: string): ReplicaSet['spec']['selector'] {
  const { matchLabels, matchExpressions = [] } = selector ?? {};
  const expressions = matchExpressions.map(({ values, ...rest }) => ({
    ...rest,
    ...(values ? { values: [...values] } : {}),
  }));
  return {
    ...(expressions.length > 0 ? { matchExpressions: expressions } : {}),
    matchLabels: { ...matchLabels, [POD_TEMPLATE_HASH]: hash },
  };
}
