import { isDeepStrictEqual } from 'node:util';
import type { Pod, PodCondition, PodStatus } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';

/** The condition that several set: who ends the pod says why. Source: kubelet, PodConditionSharedByKubelet. */
const SHARED_CONDITION = 'DisruptionTarget';
const BY_NODE = 'TerminationByKubelet';

/** The conditions that a node decides (kubelet's PodConditionsByKubelet); all others are kept as they are in the API. */
const NODE_CONDITIONS = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']);

function mergeConditions(
  held: readonly PodCondition[],
  reported: readonly PodCondition[],
  now: Millis,
): PodCondition[] {
  const own = reported.filter((condition) => NODE_CONDITIONS.has(condition.type));
  const merged = own.map((condition): PodCondition => {
    const before = held.find((other) => other.type === condition.type);
    const isSame = before?.status === condition.status;
    const transition = isSame ? before.lastTransitionTime : condition.lastTransitionTime;
    return { ...condition, lastTransitionTime: transition ?? toRfc3339(now) };
  });
  // What the node says of PodScheduled counts only where the API has none: a pod that was bound by its manifest.
  const rest = reported.filter((condition) => !NODE_CONDITIONS.has(condition.type));
  // Its own word alone: it repeats what the API said, perhaps of a moment ago.
  const isEndedByNode = rest.some(
    ({ type, status, reason }) => type === SHARED_CONDITION && status === 'True' && reason === BY_NODE,
  );
  // A mark that was taken back is no answer to a node that ends the pod now.
  const isOutdated = ({ type, status }: PodCondition) =>
    type === SHARED_CONDITION && status === 'False' && isEndedByNode;
  const foreign = held.filter((condition) => !NODE_CONDITIONS.has(condition.type) && !isOutdated(condition));
  const added = rest.filter((condition) => !foreign.some((other) => other.type === condition.type));
  return [...merged, ...foreign, ...added];
}

/**
 * A pod's status after its node's report: the node's word for all but the conditions that others own.
 * @returns undefined when it says what the API has already.
 */
export function mergePodStatus(pod: Pod, reported: PodStatus, now: Millis): PodStatus | undefined {
  const held = pod.status ?? {};
  const status: PodStatus = {
    ...reported,
    conditions: mergeConditions(held.conditions ?? [], reported.conditions ?? [], now),
    startTime: held.startTime ?? reported.startTime,
    qosClass: held.qosClass ?? reported.qosClass,
    ...(held.nominatedNodeName ? { nominatedNodeName: held.nominatedNodeName } : {}),
  };
  // Through JSON: a field that is undefined is one that is not there.
  const plain: unknown = JSON.parse(JSON.stringify(status));
  return isDeepStrictEqual(plain, JSON.parse(JSON.stringify(held))) ? undefined : (plain as PodStatus);
}
