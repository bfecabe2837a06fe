import { podInMessages, type SpecContainer } from '../pod-facts.ts';
import { newest, newestInSandbox } from '../pod-view.ts';
import { restartDelay, shouldRestart } from '../restart.ts';
import type { PlanContext } from './context.ts';
import { once } from './context.ts';
import { imageSteps } from './images.ts';
import type { Step } from './step.ts';
import { stopSteps } from './stop.ts';

/** Whether nothing is left to do for a container, ever: it ended and its policy leaves it so. */
export function isDone(context: Pick<PlanContext, 'view'>, container: SpecContainer): boolean {
  const last = newest(context.view, container.spec.name);
  return last?.state === 'exited' && !shouldRestart(container.restartPolicy, last);
}

/** What brings one container of the pod to run in the sandbox that is up; empty when it runs or is done. */
export function containerSteps(context: PlanContext, container: SpecContainer): Step[] {
  const running = newestInSandbox(context.view, container.spec.name);
  if (running?.state === 'running') return changedImageSteps(context, container);
  // One that outlived its sandbox is being stopped; its successor waits for that.
  if (newest(context.view, container.spec.name)?.state === 'running') return [];
  return isDone(context, container) ? [] : startSteps(context, container);
}

/** Starts a container once its back-off, its image and what failed before let it. */
export function startSteps(context: PlanContext, container: SpecContainer): Step[] {
  const { view, memory, now } = context;
  const { name } = container.spec;
  const last = newest(view, name);
  const delay = last ? restartDelay(last, now) : undefined;
  if (delay && now < delay.notBefore) {
    const message = `Back-off restarting failed container ${name} in pod ${podInMessages(context.pod)}`;
    return [
      ...once(memory, `BackOff/${last?.id}`, { type: 'Warning', reason: 'BackOff', message, container: name }),
      { do: 'wakeAt', at: delay.notBefore },
    ];
  }
  const failure = memory.startFailures.get(name);
  if (failure && now < failure.retryAt) return [{ do: 'wakeAt', at: failure.retryAt }];
  const image = imageSteps(context, container);
  if (image.length > 0) return image;
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

/** An image is the one thing of a running pod's container that may be changed: the container is replaced. */
function changedImageSteps({ view, memory, pod }: PlanContext, container: SpecContainer): Step[] {
  const { name, image } = container.spec;
  const running = newestInSandbox(view, name);
  if (!running || running.image === '' || running.image === image) return [];
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
  return stopSteps(memory, running, {
    graceSeconds: grace,
    podGraceSeconds: grace,
    why: `Container ${name} definition changed, will be restarted`,
  });
}
