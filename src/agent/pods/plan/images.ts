import type { Failure } from '../failure.ts';
import { pullPolicyOf } from '../image-rules.ts';
import type { SpecContainer } from '../pod-facts.ts';
import { attemptKey } from '../pod-memory.ts';
import type { PlanContext } from './context.ts';
import { once } from './context.ts';
import type { Step } from './step.ts';

/** How long a failed pull is shown as such before it is shown as waiting for the next. */
const FAILURE_SHOWN_MS = 3_000;

/** Reasons that a wait does not turn into ImagePullBackOff: nothing was pulled. */
const WITHOUT_PULL = new Set(['ErrImageNeverPull', 'InvalidImageName']);

/** Whether a failed pull is to be shown as ImagePullBackOff by now. */
export function isPullBackOff(failure: Failure, now: number): boolean {
  return !WITHOUT_PULL.has(failure.reason) && now >= failure.at + FAILURE_SHOWN_MS;
}

/**
 * What lacks for a container's image to be usable; empty when its start can take it. Each try begins with a look at this node,
 * after a failure too: somebody may have brought the image. Source: kubelet, EnsureImageExists.
 */
export function imageSteps(context: PlanContext, container: SpecContainer): Step[] {
  const { memory, now } = context;
  const { name, image = '' } = container.spec;
  const key = attemptKey(container.spec);
  if (memory.images.has(key)) return [];
  const policy = pullPolicyOf(container.spec);
  const failure = memory.imageFailures.get(key);
  if (failure && now < failure.retryAt) return waitSteps(context, container, failure);
  const isLacking = memory.absentImages.has(key) || memory.unfitImages.has(key);
  const isPulled = policy === 'Always' || (policy === 'IfNotPresent' && isLacking);
  return [isPulled ? { do: 'pullImage', container: name, image } : { do: 'inspectImage', container: name }];
}

function waitSteps({ memory, now }: PlanContext, container: SpecContainer, failure: Failure): Step[] {
  const { name, image } = container.spec;
  if (WITHOUT_PULL.has(failure.reason)) return [{ do: 'wakeAt', at: failure.retryAt }];
  if (!isPullBackOff(failure, now)) {
    return [{ do: 'wakeAt', at: Math.min(failure.at + FAILURE_SHOWN_MS, failure.retryAt) }];
  }
  const event = { reason: 'BackOff', message: `Back-off pulling image "${image}"`, container: name } as const;
  const failed = { reason: 'Failed', message: 'Error: ImagePullBackOff', container: name } as const;
  const key = `${attemptKey(container.spec)}/${failure.count}`;
  return [
    ...once(memory, `PullBackOff/${key}`, { type: 'Normal', ...event }),
    ...once(memory, `PullBackOffFailed/${key}`, { type: 'Warning', ...failed }),
    { do: 'wakeAt', at: failure.retryAt },
  ];
}
