import type { ControllerRevision, PodTemplateSpec, StatefulSet } from '../../../api/types.ts';
import { type History, historyOf } from '../history/plan.ts';
import { templateOf } from '../history/revision.ts';
import { firstOrdinal } from './identity.ts';

/** The two revisions that the pods of a set are of while it is rolled out; the same one before and after. */
export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly history: History;
}

/** @param revisions all of the set's namespace */
export function revisionsOf(set: StatefulSet, revisions: readonly ControllerRevision[]): Revisions {
  const history = historyOf(set, revisions, 'controller.kubernetes.io/hash');
  const update = history.current;
  const current = history.old.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
  return { current, update, history };
}

/**
 * What a new pod of an ordinal is made of: below the partition what was there before, for a rollout does not reach it
 * (kube-controller, newVersionedStatefulSetPod).
 */
export function versionOf(
  set: StatefulSet,
  ordinal: number,
  { current, update }: Revisions,
): { readonly template: PodTemplateSpec; readonly revision: string } {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  const isKept = type === 'RollingUpdate' && ordinal < firstOrdinal(set) + kept;
  const template = isKept ? templateOf(current) : undefined;
  return template
    ? { template, revision: current.metadata.name }
    : { template: set.spec.template, revision: update.metadata.name };
}
