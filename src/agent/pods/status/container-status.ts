import type { ContainerState, ContainerStatus } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { goDuration } from '../go-duration.ts';
import { IMAGE_REFERENCE } from '../labels.ts';
import { isPullBackOff } from '../plan/images.ts';
import type { SpecContainer } from '../pod-facts.ts';
import { podInMessages } from '../pod-facts.ts';
import { isInSandbox } from '../pod-view.ts';
import { endedAt, isFailedStart, restartDelay, shouldRestart } from '../restart.ts';
import type { StatusContext } from './context.ts';

/** How long a command that could not be started is shown as such before it is shown as crash-looping. */
const START_FAILURE_SHOWN_MS = 3_000;

/** The status of one container, as kubelet words it. `previous` is what the API shows now. */
export function containerStatus(
  context: StatusContext,
  container: SpecContainer,
  previous: ContainerStatus | undefined,
): ContainerStatus {
  const tried = (context.view.containers.get(container.spec.name) ?? []).filter((c) => c.state !== 'created');
  const [last, before] = tried;
  // The engine forgot it (or was wiped): of a pod that is over, what was said last stays true.
  if (!last && context.isOver && previous?.state?.terminated) return previous;
  const state = stateOf(context, container, last);
  const lastEnded = state.waiting && last?.state === 'exited' ? last : before;
  const isRunning = state.running !== undefined;
  const isThrough = container.kind === 'init' && state.terminated?.exitCode === 0;
  return {
    name: container.spec.name,
    state,
    lastState: lastEnded?.state === 'exited' ? { terminated: terminatedState(lastEnded) } : {},
    ready: container.kind === 'init' ? isThrough : isRunning,
    restartCount: last?.attempt ?? 0,
    image: last?.image || (container.spec.image ?? ''),
    imageID: last ? (last.labels[IMAGE_REFERENCE] ?? last.imageId) : '',
    ...(last ? { containerID: containerId(last) } : {}),
    started: container.kind === 'init' ? false : isRunning,
    ...resourcesOf(container, isRunning),
  };
}

function stateOf(
  context: StatusContext,
  container: SpecContainer,
  last: ObservedContainer | undefined,
): ContainerState {
  if (last?.state === 'running') return { running: { startedAt: toRfc3339(last.startedAt ?? last.createdAt) } };
  if (last && (context.isEnding || isFinal(context, container, last))) return { terminated: terminatedState(last) };
  const obstacle = context.isEnding ? undefined : obstacleOf(context, container);
  if (obstacle) return { waiting: obstacle };
  if (!last) return { waiting: { reason: context.hasInitContainers ? 'PodInitializing' : 'ContainerCreating' } };
  return restartState(context, last) ?? { terminated: terminatedState(last) };
}

/** Whether an ended container stays as it is. An init container of a sandbox that died runs once more in the next. */
function isFinal({ view, areMainsDone }: StatusContext, container: SpecContainer, last: ObservedContainer): boolean {
  if (shouldRestart(container.restartPolicy, last)) return false;
  const isOfDeadSandbox = container.kind === 'init' && view.isSandboxUp && !isInSandbox(view, last);
  return areMainsDone || !isOfDeadSandbox;
}

/** What the last attempt to get an image or to create the container met. */
function obstacleOf({ memory, now }: StatusContext, { spec }: SpecContainer): ContainerState['waiting'] {
  const pull = memory.imageFailures.get(spec.name);
  if (pull) {
    if (!isPullBackOff(pull, now)) return { reason: pull.reason, message: pull.message };
    const message = `Back-off pulling image "${spec.image}": ${pull.reason}: ${pull.message}`;
    return { reason: 'ImagePullBackOff', message };
  }
  const start = memory.startFailures.get(spec.name);
  return start && { reason: start.reason, message: start.message };
}

/** An ended container that will be started again; undefined when that is at once. */
function restartState({ pod, now }: StatusContext, last: ObservedContainer): ContainerState | undefined {
  if (isFailedStart(last) && now < endedAt(last) + START_FAILURE_SHOWN_MS) {
    return { waiting: { reason: 'RunContainerError', message: last.error } };
  }
  const delay = restartDelay(last, now);
  if (now >= delay.notBefore) return undefined;
  const wait = goDuration(delay.seconds * 1000);
  const message = `back-off ${wait} restarting failed container=${last.containerName} pod=${podInMessages(pod)}`;
  return { waiting: { reason: 'CrashLoopBackOff', message } };
}

function terminatedState(container: ObservedContainer): NonNullable<ContainerState['terminated']> {
  const optional = (at: Millis | undefined) => toRfc3339(at ?? endedAt(container));
  return {
    exitCode: exitCodeOf(container),
    reason: terminatedReason(container),
    ...(container.error ? { message: container.error } : {}),
    startedAt: optional(container.startedAt),
    finishedAt: optional(container.finishedAt),
    containerID: containerId(container),
  };
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
