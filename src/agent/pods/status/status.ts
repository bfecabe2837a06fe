import type { Pod, PodCondition, PodStatus } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import { EVICTED } from '../../eviction/messages.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { FENCED, fencedMessage } from '../fence.ts';
import { isDone } from '../plan/containers.ts';
import { isFinished, isPastDeadline, PAST_DEADLINE } from '../plan/plan.ts';
import { initContainersOf, isTerminal, mainContainersOf, startTimeOf } from '../pod-facts.ts';
import type { PodMemory } from '../pod-memory.ts';
import { runningContainers, viewOf } from '../pod-view.ts';
import { isOwn, podConditions } from './conditions.ts';
import { containerStatus } from './container-status.ts';
import type { StatusContext } from './context.ts';
import { podPhase } from './phase.ts';

export interface StatusInput {
  readonly pod: Pod;
  readonly observed: readonly ObservedContainer[];
  readonly memory: PodMemory;
  readonly now: Millis;
  /** What was reported last, else what the API shows: keeps transition times, and the end of a pod that is over. */
  readonly previous: PodStatus;
  /** The node's own address: hostIP, and podIP of hostNetwork pods. */
  readonly nodeIp: string;
  /** Kept from running, since it may run elsewhere. */
  readonly isFenced?: boolean;
}

/** The status of a pod from its spec and the engine: a restarted agent computes the same. Source: kubelet, generateAPIPodStatus. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, previous, now } = input;
  const context = statusContext(input);
  const initContainers = initContainersOf(pod);
  const init = initContainers.map((c) =>
    containerStatus(context, c, find(previous.initContainerStatuses, c.spec.name)),
  );
  const main = mainContainersOf(pod).map((c) =>
    containerStatus(context, c, find(previous.containerStatuses, c.spec.name)),
  );
  const outcome = outcomeOf(input, context, { init, main });
  const disruption = disruptionOf(input);
  const conditions = podConditions(
    {
      phase: outcome.phase ?? 'Pending',
      init,
      main,
      sidecars: new Set(initContainers.filter((c) => c.kind === 'sidecar').map((c) => c.spec.name)),
      isSandboxReady: context.view.isSandboxUp,
      readinessGates: (pod.spec.readinessGates ?? []).map(({ conditionType }) => conditionType),
      generation: pod.metadata.generation,
      now,
    },
    [
      ...knownConditions(pod, previous).filter(({ type }) => type !== disruption?.type),
      ...(disruption ? [disruption] : []),
    ],
  );
  return {
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    ...outcome,
    conditions,
    ...addresses(input, context),
    startTime: toRfc3339(startTimeOf(pod, input.memory.firstSeen)),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: main,
    ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}),
  };
}

/** The node's own as it said them last, those of others as the API has them now. */
function knownConditions(pod: Pod, previous: PodStatus): PodCondition[] {
  const api = pod.status?.conditions ?? [];
  if (!previous.conditions) return api;
  return [...previous.conditions.filter(({ type }) => isOwn(type)), ...api.filter(({ type }) => !isOwn(type))];
}

/** What tells a Job's failure policy, and people, that the node's need ended the pod. Source: kubelet. */
function disruptionOf({ pod, memory, now, previous }: StatusInput): PodCondition | undefined {
  if (!memory.eviction?.isDisruption) return undefined;
  const before = previous.conditions?.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
  return {
    type: 'DisruptionTarget',
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    status: 'True',
    lastTransitionTime: before?.lastTransitionTime ?? toRfc3339(now),
    reason: 'TerminationByKubelet',
    message: memory.eviction.message,
  };
}

function find<T extends { name: string }>(statuses: readonly T[] | undefined, name: string): T | undefined {
  return statuses?.find((status) => status.name === name);
}

function statusContext({ pod, observed, memory, now, previous }: StatusInput): StatusContext {
  const view = viewOf(observed);
  const plan = { pod, view, memory, now };
  const isEnding = pod.metadata.deletionTimestamp !== undefined || isTerminal(previous.phase) || isFinished(plan);
  return {
    ...plan,
    previous,
    hasInitContainers: (pod.spec.initContainers ?? []).length > 0,
    areMainsDone: mainContainersOf(pod).every((c) => isDone(plan, c)),
    isEnding,
    isOver: isEnding && runningContainers(view).length === 0,
  };
}

/** Phase, reason and message. A phase is final once said, and only said when nothing of the pod runs any more. */
function outcomeOf(
  { pod, previous, isFenced }: StatusInput,
  context: StatusContext,
  statuses: Parameters<typeof podPhase>[1],
): Pick<PodStatus, 'phase' | 'reason' | 'message'> {
  if (isTerminal(previous.phase)) {
    const { phase, reason, message } = previous;
    return { phase, ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
  }
  const { eviction } = context.memory;
  if (eviction && context.isOver)
    return { phase: 'Failed', reason: eviction.reason ?? EVICTED, message: eviction.message };
  const phase = podPhase(pod, statuses, context.isOver);
  if (isTerminal(phase) && !context.isOver) return { phase: previous.phase ?? 'Pending' };
  const isLate = pod.metadata.deletionTimestamp === undefined && isPastDeadline(context);
  if (!isLate && isFenced) return { phase, reason: FENCED, message: fencedMessage(pod) };
  if (!isLate) return { phase };
  return context.isOver ? { phase: 'Failed', reason: 'DeadlineExceeded', message: PAST_DEADLINE } : { phase };
}

function addresses(
  { pod, previous, nodeIp }: StatusInput,
  { view, isEnding }: StatusContext,
): Pick<PodStatus, 'hostIP' | 'hostIPs' | 'podIP' | 'podIPs'> {
  const host = nodeIp ? { hostIP: nodeIp, hostIPs: [{ ip: nodeIp }] } : {};
  const own = pod.spec.hostNetwork ? nodeIp : (view.sandbox?.ip ?? '');
  const isAssigned = view.isSandboxUp || isEnding;
  // A pod that is over keeps the address it had, for those who look at it afterwards.
  const podIP = (view.isSandboxUp ? own : '') || (isEnding ? (previous.podIP ?? '') : '');
  return podIP && isAssigned ? { ...host, podIP, podIPs: [{ ip: podIP }] } : host;
}
