import { initContainersOf, mainContainersOf, type SpecContainer } from '../pod-facts.ts';
import { newest, newestInSandbox, type PodView } from '../pod-view.ts';
import { hasStarted } from '../probes/health.ts';
import { shouldRestart } from '../restart.ts';
import { containerSteps, startSteps } from './containers.ts';
import type { PlanContext } from './context.ts';
import type { Step } from './step.ts';

/** Whether an init container failed and its pod's policy gives it no second try: then the pod has failed. */
export function hasInitFailedForGood({ pod, view }: Pick<PlanContext, 'pod' | 'view'>): boolean {
  return initContainersOf(pod).some((container) => {
    if (container.kind !== 'init' || container.restartPolicy !== 'Never') return false;
    const last = newest(view, container.spec.name);
    return last?.state === 'exited' && shouldRestart('OnFailure', last);
  });
}

/** What says how far a pod has come. */
type Progress = Pick<PlanContext, 'pod' | 'view' | 'memory'>;

/** Whether an init container has had its turn in this sandbox, be it gone by now: the pod came to what follows it. */
export function isPassed(context: Progress, { spec }: SpecContainer): boolean {
  if (isInitialized(context)) return true;
  const inits = initContainersOf(context.pod);
  return inits.findIndex((c) => c.spec.name === spec.name) < lastReached(context.view, inits);
}

/** Whether the pod's own containers may run: one of them exists in this sandbox, or every init container is through. */
export function isInitialized(context: Progress): boolean {
  const { pod, view } = context;
  if (mainContainersOf(pod).some((c) => newestInSandbox(view, c.spec.name))) return true;
  const inits = initContainersOf(pod);
  const reached = lastReached(view, inits);
  const last = inits.at(-1);
  if (!last) return true;
  return reached === inits.length - 1 && isThrough(context, last);
}

/** Init containers one after the other, each after the one before is through; sidecars that were reached are kept running. */
export function initSteps(context: PlanContext): Step[] {
  const inits = initContainersOf(context.pod);
  if (isInitialized(context)) return sidecarSteps(context, inits);
  const reached = lastReached(context.view, inits);
  const current = inits[reached];
  const next = current === undefined || isThrough(context, current) ? inits[reached + 1] : current;
  return [...sidecarSteps(context, inits.slice(0, reached + 1)), ...(next ? nextSteps(context, next) : [])];
}

function nextSteps(context: PlanContext, next: SpecContainer): Step[] {
  // A reached sidecar is among those that sidecarSteps keeps running.
  if (next.kind === 'sidecar' && newestInSandbox(context.view, next.spec.name)) return [];
  // Running: wait for it. In a sandbox that died: it is being stopped. Ended in one: it runs again, successful or not.
  return newest(context.view, next.spec.name)?.state === 'running' ? [] : startSteps(context, next);
}

function sidecarSteps(context: PlanContext, reached: readonly SpecContainer[]): Step[] {
  return reached.filter((c) => c.kind === 'sidecar').flatMap((c) => containerSteps(context, c));
}

/** Index of the last init container that has been tried in this sandbox; -1 when none. All before it are through. */
function lastReached(view: PodView, inits: readonly SpecContainer[]): number {
  return inits.findLastIndex((c) => newestInSandbox(view, c.spec.name) !== undefined);
}

/** Whether the next one may start: a sidecar has to run and have started, an init container to have ended well. */
function isThrough({ view, memory }: Progress, container: SpecContainer): boolean {
  const record = newestInSandbox(view, container.spec.name);
  if (!record) return false;
  if (container.kind === 'sidecar') return record.state === 'running' && hasStarted(memory, record.id, container.spec);
  return record.state === 'exited' && !shouldRestart('OnFailure', record);
}
