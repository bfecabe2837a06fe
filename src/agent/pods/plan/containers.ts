import type { ObservedContainer } from '../../runtime/runtime.ts';
import { memoryOf } from '../container-memory.ts';
import { mainContainersOf, podInMessages, type SpecContainer } from '../pod-facts.ts';
import { attemptKey, type PodMemory } from '../pod-memory.ts';
import { newest, newestInSandbox } from '../pod-view.ts';
import { fatalProbe } from '../probes/health.ts';
import { probeOf } from '../probes/targets.ts';
import { hasImage, restartDelay, shouldRestart } from '../restart.ts';
import type { PlanContext } from './context.ts';
import { once } from './context.ts';
import { imageSteps } from './images.ts';
import type { Step } from './step.ts';
import { stopSteps } from './stop.ts';

/** Whether nothing is left to do for a container, ever: it ended and its policy leaves it so. */
export function isDone(context: Pick<PlanContext, 'view' | 'memory'>, container: SpecContainer): boolean {
  const last = newest(context.view, container.spec.name);
  return last?.state === 'exited' && !mustRestart(context.memory, container, last);
}

/** Whether an ended container is to be started again: its policy says so, or it was ended for that. */
export function mustRestart(
  memory: Pick<PodMemory, 'containers'>,
  { restartPolicy }: SpecContainer,
  ended: ObservedContainer,
): boolean {
  if (shouldRestart(restartPolicy, ended)) return true;
  // One that a probe had killed may have ended well: `OnFailure` means it all the same.
  return restartPolicy !== 'Never' && fatalProbe(memory, ended.id) !== undefined;
}

/** What brings one container of the pod to run in the sandbox that is up; empty when it runs or is done. */
export function containerSteps(context: PlanContext, container: SpecContainer): Step[] {
  const running = newestInSandbox(context.view, container.spec.name);
  if (running?.state === 'running') return runningSteps(context, container, running);
  // One that outlived its sandbox is being stopped; its successor waits for that.
  if (newest(context.view, container.spec.name)?.state === 'running') return [];
  return isDone(context, container) ? [] : startSteps(context, container);
}

/** The pod's own containers. One with a postStart hook holds the start of those after it until that is through. */
export function mainSteps(context: PlanContext): Step[] {
  const steps: Step[] = [];
  let isHeld = false;
  for (const container of mainContainersOf(context.pod)) {
    const own = containerSteps(context, container);
    steps.push(...own.filter((step) => !isHeld || step.do !== 'startContainer'));
    const isHooked =
      container.spec.lifecycle?.postStart !== undefined && own.some((step) => step.do === 'startContainer');
    isHeld ||= isHooked || own.some((step) => step.do === 'runPostStart');
  }
  return steps;
}

/** What a running container needs: its postStart hook, or to be stopped for something that restarts it. */
function runningSteps(context: PlanContext, container: SpecContainer, running: ObservedContainer): Step[] {
  const { memory, pod } = context;
  const { name, image } = container.spec;
  const podGraceSeconds = pod.spec.terminationGracePeriodSeconds ?? 30;
  const stop = (why: string, graceSeconds = podGraceSeconds) =>
    stopSteps(context, running, { graceSeconds, podGraceSeconds, why });
  const { postStart } = memoryOf(memory, running.id);
  if (postStart) {
    return postStart.failure === undefined
      ? [{ do: 'runPostStart', container: name, id: running.id }]
      : stop('FailedPostStartHook');
  }
  // An image is the one thing of a running pod's container that may be changed: the container is replaced.
  if (!hasImage(running, image)) return stop(`Container ${name} definition changed, will be restarted`);
  const probe = fatalProbe(memory, running.id);
  if (!probe) return [];
  return stop(probeFailure(container, probe), probeOf(container.spec, probe)?.terminationGracePeriodSeconds);
}

/** kubelet's words: what it says of sidecars, which always come back, leaves that out. */
function probeFailure({ kind, spec, restartPolicy }: SpecContainer, probe: string): string {
  if (kind === 'sidecar') return `Init container ${spec.name} failed ${probe} probe`;
  return `Container ${spec.name} failed ${probe} probe${restartPolicy === 'Never' ? '' : ', will be restarted'}`;
}

/** Starts a container once its back-off, its image and what failed before let it. */
export function startSteps(context: PlanContext, container: SpecContainer): Step[] {
  const { view, memory, now } = context;
  const { name, image } = container.spec;
  const last = newest(view, name);
  const delay = last ? restartDelay(last, now, image) : undefined;
  if (delay && now < delay.notBefore) {
    const message = `Back-off restarting failed container ${name} in pod ${podInMessages(context.pod)}`;
    return [
      ...once(memory, `BackOff/${last?.id}`, { type: 'Warning', reason: 'BackOff', message, container: name }),
      { do: 'wakeAt', at: delay.notBefore },
    ];
  }
  const failure = memory.startFailures.get(attemptKey(container.spec));
  if (failure && now < failure.retryAt) return [{ do: 'wakeAt', at: failure.retryAt }];
  const lacking = imageSteps(context, container);
  if (lacking.length > 0) return lacking;
  return [
    {
      do: 'startContainer',
      container: name,
      attempt: last ? last.attempt + 1 : 0,
      sandboxId: view.sandbox?.id ?? '',
      backOffSeconds: delay?.nextSeconds ?? 0,
    },
  ];
}
