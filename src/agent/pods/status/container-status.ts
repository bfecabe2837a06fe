import type { ContainerState, ContainerStatus } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { memoryOf } from '../container-memory.ts';
import { goDuration } from '../go-duration.ts';
import { IMAGE_REFERENCE } from '../labels.ts';
import { mustRestart } from '../plan/containers.ts';
import { isPullBackOff } from '../plan/images.ts';
import { isPassed } from '../plan/init-containers.ts';
import type { SpecContainer } from '../pod-facts.ts';
import { podInMessages } from '../pod-facts.ts';
import { attemptKey } from '../pod-memory.ts';
import { isInSandbox } from '../pod-view.ts';
import { hasStarted, isReady } from '../probes/health.ts';
import { endedAt, isFailedStart, restartDelay } from '../restart.ts';
import type { StatusContext } from './context.ts';

/** How long a command that could not be started is shown as such before it is shown as crash-looping. */
const START_FAILURE_SHOWN_MS = 3_000;

/**
 * The status of one container, as kubelet words it. `previous` is what the API shows now: of a container that the engine has no
 * more (`docker container prune`) it is all that is left. Source: kubelet, convertToAPIContainerStatuses.
 */
export function containerStatus(
  context: StatusContext,
  container: SpecContainer,
  previous: ContainerStatus | undefined,
): ContainerStatus {
  const tried = (context.view.containers.get(container.spec.name) ?? []).filter((c) => c.state !== 'created');
  const [last, before] = tried;
  if (!last && previous?.state?.terminated && staysEnded(context, container, previous)) return previous;
  const state = stateOf(context, container, last);
  const isRunning = state.running !== undefined;
  const isThrough = container.kind === 'init' && state.terminated?.exitCode === 0;
  return {
    name: container.spec.name,
    state,
    lastState: last ? lastStateOf(context, state, [last, before]) : lastStateSaid(previous),
    ready: container.kind === 'init' ? isThrough : isRunning && isReady(context.memory, last?.id ?? '', container.spec),
    restartCount: last?.attempt ?? previous?.restartCount ?? 0,
    image: last?.image || (container.spec.image ?? ''),
    imageID: last ? (last.labels[IMAGE_REFERENCE] ?? last.imageId) : '',
    ...(last ? { containerID: containerId(last) } : {}),
    started: container.kind !== 'init' && isRunning && hasStarted(context.memory, last?.id ?? '', container.spec),
    ...resourcesOf(container, isRunning),
    ...(container.spec.lifecycle?.stopSignal ? { stopSignal: container.spec.lifecycle.stopSignal } : {}),
  };
}

/** Whether what was said last of a container that is gone stays true: nothing runs in its place. */
function staysEnded(
  context: StatusContext,
  container: SpecContainer,
  { state }: Pick<ContainerStatus, 'state'>,
): boolean {
  if (context.isOver) return true;
  if (container.kind === 'init') return isPassed(context, container);
  const { restartPolicy } = container;
  const isDone = restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && state?.terminated?.exitCode === 0);
  return isDone && !obstacleOf(context, container);
}

/** The end of the one before; of one that waits to be started again its own. */
function lastStateOf(
  context: StatusContext,
  state: ContainerState,
  [last, before]: readonly [ObservedContainer, ObservedContainer | undefined],
): ContainerState {
  const ended = state.waiting && last.state === 'exited' ? last : before;
  return ended?.state === 'exited' ? { terminated: terminatedState(context, ended) } : {};
}

function lastStateSaid(previous: ContainerStatus | undefined): ContainerState {
  const terminated = previous?.state?.terminated ?? previous?.lastState?.terminated;
  return terminated ? { terminated } : {};
}

function stateOf(
  context: StatusContext,
  container: SpecContainer,
  last: ObservedContainer | undefined,
): ContainerState {
  if (last?.state === 'running') {
    const isHookRunning = memoryOf(context.memory, last.id).postStart && !context.isEnding;
    if (isHookRunning) return { waiting: firstWait(context) };
    return { running: { startedAt: toRfc3339(last.startedAt ?? last.createdAt) } };
  }
  if (last && (context.isEnding || isFinal(context, container, last)))
    return { terminated: terminatedState(context, last) };
  const obstacle = context.isEnding ? undefined : obstacleOf(context, container);
  if (obstacle) return { waiting: obstacle };
  if (!last) return { waiting: firstWait(context) };
  return restartState(context, container, last) ?? { terminated: terminatedState(context, last) };
}

/** As long as a container is on its way to its start; one whose postStart hook runs still is. */
function firstWait({ hasInitContainers }: StatusContext): ContainerState['waiting'] {
  return { reason: hasInitContainers ? 'PodInitializing' : 'ContainerCreating' };
}

/** Whether an ended container stays as it is. An init container of a sandbox that died runs once more in the next. */
function isFinal(
  { view, memory, areMainsDone }: StatusContext,
  container: SpecContainer,
  last: ObservedContainer,
): boolean {
  if (mustRestart(memory, container, last)) return false;
  const isOfDeadSandbox = container.kind === 'init' && view.isSandboxUp && !isInSandbox(view, last);
  return areMainsDone || !isOfDeadSandbox;
}

/** What the last attempt to get an image or to create the container met. */
function obstacleOf({ memory, now }: StatusContext, { spec }: SpecContainer): ContainerState['waiting'] {
  const key = attemptKey(spec);
  const pull = memory.imageFailures.get(key);
  if (pull) {
    if (!isPullBackOff(pull, now)) return { reason: pull.reason, message: pull.message };
    const message = `Back-off pulling image "${spec.image}": ${pull.reason}: ${pull.message}`;
    return { reason: 'ImagePullBackOff', message };
  }
  const start = memory.startFailures.get(key);
  return start && { reason: start.reason, message: start.message };
}

/** An ended container that will be started again; undefined when that is at once. */
function restartState(
  { pod, memory, now }: StatusContext,
  { spec }: SpecContainer,
  last: ObservedContainer,
): ContainerState | undefined {
  if (isFailedStart(last) && now < endedAt(last) + START_FAILURE_SHOWN_MS) {
    return { waiting: { reason: 'RunContainerError', message: last.error } };
  }
  const hookFailure = memoryOf(memory, last.id).postStart?.failure;
  if (hookFailure !== undefined && now < endedAt(last) + START_FAILURE_SHOWN_MS) {
    return { waiting: { reason: 'PostStartHookError', message: hookFailure } };
  }
  const delay = restartDelay(last, now, spec.image);
  if (now >= delay.notBefore) return undefined;
  const wait = goDuration(delay.seconds * 1000);
  const message = `back-off ${wait} restarting failed container=${last.containerName} pod=${podInMessages(pod)}`;
  return { waiting: { reason: 'CrashLoopBackOff', message } };
}

function terminatedState(
  context: StatusContext,
  container: ObservedContainer,
): NonNullable<ContainerState['terminated']> {
  const optional = (at: Millis | undefined) => toRfc3339(at ?? endedAt(container));
  const message = messageOf(context, container);
  return {
    exitCode: exitCodeOf(container),
    reason: terminatedReason(container),
    ...(message ? { message } : {}),
    startedAt: optional(container.startedAt),
    finishedAt: optional(container.finishedAt),
    containerID: containerId(container),
  };
}

/** The engine's words and the container's own. Of a pod that is over the file is gone: what was said last stays true. */
function messageOf({ memory, previous }: StatusContext, container: ObservedContainer): string {
  const said = [...(previous.initContainerStatuses ?? []), ...(previous.containerStatuses ?? [])]
    .flatMap(({ state, lastState }) => [state?.terminated, lastState?.terminated])
    .find((terminated) => terminated?.containerID === containerId(container))?.message;
  const words = [container.error, memoryOf(memory, container.id).terminationMessage];
  return words.filter(Boolean).join(': ') || (said ?? '');
}

/** 128 for a start that failed with no code of its own (kubelet's StartError). */
function exitCodeOf(container: ObservedContainer): number {
  return isFailedStart(container) && container.exitCode === 0 ? 128 : container.exitCode;
}

function terminatedReason(container: ObservedContainer): string {
  if (container.oomKilled) return 'OOMKilled';
  if (isFailedStart(container)) {
    return container.exitCode === 126 || container.exitCode === 127 ? 'ContainerCannotRun' : 'StartError';
  }
  return container.exitCode === 0 ? 'Completed' : 'Error';
}

function containerId(container: ObservedContainer): string {
  return `docker://${container.id}`;
}

function resourcesOf({ spec }: SpecContainer, isRunning: boolean): Partial<ContainerStatus> {
  const { requests, limits } = spec.resources ?? {};
  if (!isRunning || (!requests && !limits)) return {};
  return {
    ...(requests ? { allocatedResources: requests } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
  };
}
