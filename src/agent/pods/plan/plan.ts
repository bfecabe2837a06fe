import { deadlineOf, isTerminal, mainContainersOf } from '../pod-facts.ts';
import { newest, runningContainers, viewOf } from '../pod-view.ts';
import { endedAt } from '../restart.ts';
import { isDone, mainSteps } from './containers.ts';
import { once, type PlanContext, type PlanInput } from './context.ts';
import { garbage, halfMade } from './garbage.ts';
import { hasInitFailedForGood, initSteps, isInitialized } from './init-containers.ts';
import { removalSteps } from './removal.ts';
import { sandboxSteps, volumeSteps } from './sandbox.ts';
import type { Step } from './step.ts';
import { deletionSteps, fencedSteps, finishedSteps, orphanSteps } from './termination.ts';

/** kubelet's words for a pod that activeDeadlineSeconds ended, in its status and its event. */
export const PAST_DEADLINE = 'Pod was active on the node longer than the specified deadline';

/**
 * Decides what brings one pod on this node to what the API wants, in the order to do it; nothing but waiting when it is there.
 * The rules are kubelet's (computePodActions), the facts the engine's: a restarted agent plans the same.
 */
export function plan(input: PlanInput): Step[] {
  const view = viewOf(input.observed);
  if (!input.pod) return earliestWake(orphanSteps({ ...input, view }));
  const context: PlanContext = { ...input, pod: input.pod, view };
  if (context.pod.metadata.deletionTimestamp !== undefined) return earliestWake(deletionSteps(context));
  if (isFinished(context)) return earliestWake([...deadlineEvent(context), ...finishedSteps(context)]);
  if (input.fence?.isFenced) return earliestWake(fencedSteps(context));
  return earliestWake([
    ...removalSteps(halfMade(view), context),
    ...runningSteps(context),
    // Last: what has to run does not wait for what has not.
    ...removalSteps(garbage(view), context),
    ...deadlineSteps(context),
    ...fenceAlarm(input),
  ]);
}

/** What says whether a pod is at its end. */
type Lifetime = Omit<PlanContext, 'isNetworkReady'>;

/** Whether the pod has run its course: nothing of it will be started again. */
export function isFinished(context: Lifetime): boolean {
  const { pod } = context;
  if (isTerminal(pod.status?.phase) || context.memory.eviction) return true;
  if (hasInitFailedForGood(context) || isPastDeadline(context)) return true;
  return areMainsDone(context);
}

/** Whether activeDeadlineSeconds ran out before the pod's own containers were done. */
export function isPastDeadline(context: Lifetime): boolean {
  const { pod, memory, now, view } = context;
  const deadline = deadlineOf(pod, memory.firstSeen);
  if (deadline === undefined || now < deadline) return false;
  if (!areMainsDone(context)) return true;
  // Done by now, but maybe because the deadline stopped them: then they ended after it.
  return mainContainersOf(pod).some((c) => {
    const last = newest(view, c.spec.name);
    return last !== undefined && endedAt(last) >= deadline;
  });
}

function deadlineEvent(context: PlanContext): Step[] {
  if (runningContainers(context.view).length === 0 || !isPastDeadline(context)) return [];
  const reason = 'DeadlineExceeded';
  return once(context.memory, reason, { type: 'Normal', reason, message: PAST_DEADLINE, container: undefined });
}

function areMainsDone(context: Lifetime): boolean {
  return mainContainersOf(context.pod).every((c) => isDone(context, c));
}

function runningSteps(context: PlanContext): Step[] {
  const sandbox = sandboxSteps(context);
  if (!context.view.isSandboxUp) return sandbox;
  const refresh: Step[] = context.memory.areVolumesStale ? [{ do: 'refreshVolumes' }] : [];
  // Not only for a start: an agent that restarted keeps the volumes of what runs up to date as well.
  const volumes = volumeSteps(context);
  const isHeld = volumes.some((step) => step.do === 'wakeAt');
  const containers = [...initSteps(context), ...(isInitialized(context) ? mainSteps(context) : [])];
  return [...sandbox, ...refresh, ...volumes, ...containers.filter((step) => !isHeld || step.do !== 'startContainer')];
}

function deadlineSteps({ pod, memory }: PlanContext): Step[] {
  const at = deadlineOf(pod, memory.firstSeen);
  return at === undefined ? [] : [{ do: 'wakeAt', at }];
}

/** The silence may last: then the pod is stopped. */
function fenceAlarm({ fence, now }: PlanInput): Step[] {
  return fence?.inMs === undefined ? [] : [{ do: 'wakeAt', at: now + fence.inMs }];
}

/** One alarm is enough: the pass it leads to sets the next. */
function earliestWake(steps: readonly Step[]): Step[] {
  const wakes = steps.filter((step) => step.do === 'wakeAt').map((step) => step.at);
  const rest = steps.filter((step) => step.do !== 'wakeAt');
  return wakes.length === 0 ? rest : [...rest, { do: 'wakeAt', at: Math.min(...wakes) }];
}
