import type { Millis } from '../../../lib/clock.ts';
import { EVICTED } from '../../eviction/messages.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { FENCED, fencedMessage } from '../fence.ts';
import { gracePeriodOf, initContainersOf } from '../pod-facts.ts';
import { type PodView, runningContainers } from '../pod-view.ts';
import { once, type PlanContext } from './context.ts';
import { stopNotBefore } from './drain.ts';
import { isLeftRunning, removalSteps } from './removal.ts';
import type { Step } from './step.ts';
import { preStopSteps, stopSteps } from './stop.ts';

/** For pods that nobody asked to stop nicely: deleted by force, or unknown to the master. */
const FORCED_GRACE_SECONDS = 2;

/**
 * Stops all that runs: the pod's own containers together, then its sidecars, the last one first. All hooks are run at the
 * beginning, those of sidecars too.
 */
function stopAllSteps(context: PlanContext, graceSeconds: number, notBefore?: Millis): Step[] {
  const { pod, view, memory, now } = context;
  const running = runningContainers(view);
  const sidecars = initContainersOf(pod)
    .filter((c) => c.kind === 'sidecar')
    .map((c) => c.spec.name);
  const mains = running.filter((c) => !sidecars.includes(c.containerName));
  const begun = notBefore === undefined ? {} : { notBefore, since: memory.leaving?.since ?? now };
  const how = { graceSeconds, podGraceSeconds: graceSeconds, ...begun };
  const lastSidecar = sidecars.findLast((name) => running.some((c) => c.containerName === name));
  const howLate = { ...how, since: how.since ?? memory.stoppingSince ?? now };
  const isTurn = (c: ObservedContainer) => mains.length === 0 && c.containerName === lastSidecar;
  return running.flatMap((c) => {
    if (mains.includes(c)) return stopSteps(context, c, how);
    return isTurn(c) ? stopSteps(context, c, howLate) : preStopSteps(context, c, howLate);
  });
}

/** A deleted pod: everything is stopped within the grace, taken away, and the master told that nothing is left. */
export function deletionSteps(context: PlanContext): Step[] {
  const { pod, view, memory } = context;
  const graceSeconds = gracePeriodOf(pod);
  const stops = stopAllSteps(context, graceSeconds, stopNotBefore(memory, graceSeconds));
  if (stops.length > 0) return stops;
  const gone: Step[] = memory.isGoneReported ? [] : [{ do: 'reportGone' }];
  return clearSteps(everything(view), context, gone);
}

/** A pod that has run its course keeps its ended containers for `kubectl logs`; its sandbox, volumes and address go. An evicted one keeps none. */
export function finishedSteps(context: PlanContext): Step[] {
  const { pod, view, memory } = context;
  const ownGrace = pod.spec.terminationGracePeriodSeconds ?? 30;
  const stops = stopAllSteps(context, Math.min(ownGrace, memory.eviction?.graceSeconds ?? ownGrace));
  if (stops.length > 0) return stops;
  // What an evicted pod holds is what the node needs. Source: kubelet, deleteContainersInPod.
  if (memory.eviction || pod.status?.reason === EVICTED) return clearSteps(everything(view), context);
  return clearSteps(sandboxesOf(view), context);
}

/** A pod that may run elsewhere by now: stopped nicely, and kept as it is until the master's word is back. */
export function fencedSteps(context: PlanContext): Step[] {
  const { pod, view, memory } = context;
  const ids = [...view.containers.values()].map(([newest]) => newest?.id).join();
  const event = { type: 'Warning', reason: FENCED, message: fencedMessage(pod), container: undefined } as const;
  return [
    ...once(memory, `${FENCED}/${ids}`, event),
    ...stopAllSteps(context, pod.spec.terminationGracePeriodSeconds ?? 30),
  ];
}

/** A pod the master does not know (any more): stopped quickly and taken away, told to nobody. */
export function orphanSteps(context: Pick<PlanContext, 'view' | 'memory' | 'now'>): Step[] {
  const { view } = context;
  const running = runningContainers(view);
  if (running.length > 0) {
    return running.map((c) => ({
      do: 'stopContainer',
      id: c.id,
      graceSeconds: FORCED_GRACE_SECONDS,
      podGraceSeconds: FORCED_GRACE_SECONDS,
    }));
  }
  return clearSteps(everything(view), context);
}

/** Containers before sandboxes: theirs is the network that the others joined. */
function everything(view: PodView): ObservedContainer[] {
  return [...[...view.containers.values()].flat(), ...sandboxesOf(view)];
}

function sandboxesOf(view: PodView): ObservedContainer[] {
  return [view.sandbox, ...view.olderSandboxes].filter((c) => c !== undefined);
}

/** Takes containers away, then what they used; `last` when all that is done. Ended ones that the engine cannot remove use nothing. */
function clearSteps(
  containers: readonly ObservedContainer[],
  context: Pick<PlanContext, 'memory' | 'now'>,
  last: readonly Step[] = [],
): Step[] {
  const removals = removalSteps(containers, context);
  if (isLeftRunning(containers, context)) return removals;
  return [...removals, ...(context.memory.isTornDown ? [] : [{ do: 'tearDown' } as const]), ...last];
}
