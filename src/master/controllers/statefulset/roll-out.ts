import { resolveIntOrPercent } from '../../../api/kinds/workload/int-or-percent.ts';
import type { Pod, StatefulSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { revisionOfPod } from '../history/revision.ts';
import { isFinished, isHealthy, isRunningAndAvailable, isTerminating, type Slot } from './slots.ts';

interface Target {
  /** The name of the revision that the pods should be of. */
  readonly revision: string;
  readonly now: Millis;
}

/**
 * The pods that go now so that newer ones take their place, highest ordinal first. Without maxUnavailable one goes when all above it
 * are new and healthy; with it as many as leave that many places without an available pod.
 */
export function rollOut(set: StatefulSet, slots: readonly Slot[], target: Target): Pod[] {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const reached = slots.slice(rollingUpdate?.partition ?? 0).toReversed();
  const maxUnavailable = rollingUpdate?.maxUnavailable;
  if (maxUnavailable === undefined) return nextOne(reached, target);
  // Zero percent of few pods is none, which would never end.
  const most = Math.max(1, resolveIntOrPercent(maxUnavailable, set.spec.replicas, 'up'));
  const isAvailable = (pod: Pod) => !isTerminating(pod) && isRunningAndAvailable(set, pod, target.now);
  const unavailable = slots.filter(({ pod }) => !pod || !isAvailable(pod)).length;
  const outdated = reached.flatMap(({ pod }) => (pod && isOutdated(pod, target) ? [pod] : []));
  const serving = outdated.filter(isAvailable).slice(0, Math.max(0, most - unavailable));
  // Nobody misses a pod that does not serve: it may be what the rollout is to mend.
  return outdated.filter((pod) => !isAvailable(pod) || serving.includes(pod));
}

function nextOne(reached: readonly Slot[], target: Target): Pod[] {
  for (const { pod } of reached) {
    if (!pod || isFinished(pod)) return [];
    if (isOutdated(pod, target)) return [pod];
    if (!isHealthy(pod)) return [];
  }
  return [];
}

function isOutdated(pod: Pod, { revision }: Target): boolean {
  return !isTerminating(pod) && !isFinished(pod) && revisionOfPod(pod) !== revision;
}
