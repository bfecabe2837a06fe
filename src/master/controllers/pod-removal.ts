import { POD } from '../../api/kinds/pod.ts';
import { ApiError } from '../../api/meta/errors.ts';
import { keyOf } from '../../api/registry.ts';
import type { Pod, PodCondition } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';
import type { ControllerParts } from './controller.ts';
import { ignoring } from './ignore-errors.ts';

/** Why a pod is ended from outside; its type is DisruptionTarget. */
export interface Disruption {
  readonly reason: string;
  readonly message: string;
}

/** The pod marked as one that is about to be ended from outside, and why. */
export function disrupted(pod: Pod, disruption: Disruption, now: Millis): Pod {
  const { conditions = [] } = pod.status ?? {};
  const before = conditions.find(({ type }) => type === 'DisruptionTarget');
  const { generation } = pod.metadata;
  const mark: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    ...disruption,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: (before?.status === 'True' && before.lastTransitionTime) || toRfc3339(now),
  };
  const others = conditions.filter((condition) => condition !== before);
  return { ...pod, status: { ...pod.status, conditions: [...others, mark] } };
}

/**
 * The pod as one that nobody will end any more: Failed, unless it has ended, and marked with why.
 * @returns the pod itself when nothing changes
 */
export function failed(pod: Pod, disruption: Disruption | undefined, now: Millis): Pod {
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') return pod;
  const marked = disruption ? disrupted(pod, disruption, now) : pod;
  return { ...marked, status: { ...marked.status, phase: 'Failed' } };
}

/**
 * Ends a pod without its node: marks it as failed, so that who waits for its end sees one, and deletes it at once.
 * @returns false when it changed meanwhile: look at it again
 */
export async function failAndDelete(
  { client, clock }: Pick<ControllerParts, 'client' | 'clock'>,
  pod: Pod,
  disruption?: Disruption,
): Promise<boolean> {
  const preconditions = pod.metadata.uid ? { uid: pod.metadata.uid } : {};
  const ended = failed(pod, disruption, clock.now());
  try {
    if (ended !== pod) await ignoring(['NotFound'], client.update(POD, ended, { subresource: 'status' }));
    await ignoring(['NotFound'], client.delete(POD, keyOf(pod), { gracePeriodSeconds: 0, preconditions }));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Conflict') return false;
    throw error;
  }
}
