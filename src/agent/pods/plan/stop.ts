import type { Container } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import { memoryOf } from '../container-memory.ts';
import { once, type PlanContext } from './context.ts';
import type { Step } from './step.ts';

/** What is left after a hook, or after others were waited for, when that took the whole grace. Source: kubelet. */
const MIN_GRACE_SECONDS = 2;

export interface StopOptions {
  /** From the beginning to the kill: hook and signal share it. */
  readonly graceSeconds: number;
  /** The pod's own grace at that time: a new one starts the stop anew. */
  readonly podGraceSeconds: number;
  /** When the grace began, where that was before this container's turn. */
  readonly since?: Millis;
  /** Not before that time is the signal sent: connections still come. */
  readonly notBefore?: Millis;
  /** The words of its event. */
  readonly why?: string;
}

type StopContext = Pick<PlanContext, 'pod' | 'memory' | 'now'>;

/** Stops one container: tells so once, runs its preStop hook for as long as the grace lets it, then sends the signal. */
export function stopSteps(context: StopContext, container: ObservedContainer, how: StopOptions): Step[] {
  const { memory, now } = context;
  const { id, containerName: name } = container;
  const message = how.why ?? `Stopping container ${name}`;
  const killing = once(memory, `Killing/${id}`, { type: 'Normal', reason: 'Killing', message, container: name });
  const hook = preStopSteps(context, container, how);
  if (hook.length > 0) return [...killing, ...hook];
  if (how.notBefore !== undefined && now < how.notBefore) return [...killing, { do: 'wakeAt', at: how.notBefore }];
  const since = how.since ?? memoryOf(memory, id).preStop?.begunAt ?? now;
  const spentSeconds = Math.max(0, Math.floor((now - since) / 1000));
  const graceSeconds = Math.min(how.graceSeconds, Math.max(how.graceSeconds - spentSeconds, MIN_GRACE_SECONDS));
  return [...killing, { do: 'stopContainer', id, graceSeconds, podGraceSeconds: how.podGraceSeconds }];
}

/** The preStop hook of a container that is to be stopped; empty when it has none, is through, or used the grace up. */
export function preStopSteps(
  { pod, memory, now }: StopContext,
  container: ObservedContainer,
  how: StopOptions,
): Step[] {
  const { id, containerName } = container;
  const all: readonly Container[] = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  if (!all.find(({ name }) => name === containerName)?.lifecycle?.preStop) return [];
  const { begunAt = how.since ?? now, isOver = false } = memoryOf(memory, id).preStop ?? {};
  const deadline = begunAt + how.graceSeconds * 1000;
  if (isOver || now >= deadline) return [];
  return [
    { do: 'runPreStop', container: containerName, id },
    { do: 'wakeAt', at: deadline },
  ];
}
