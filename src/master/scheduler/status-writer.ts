import { POD } from '../../api/kinds/pod.ts';
import { ApiError } from '../../api/meta/errors.ts';
import { keyOf } from '../../api/registry.ts';
import type { Pod, PodCondition, PodStatus } from '../../api/types.ts';
import { type Clock, toRfc3339 } from '../../lib/clock.ts';
import type { EventRecorder, ResourceClient } from '../resource-client.ts';

const ATTEMPTS = 5;

export interface StatusWriterParts {
  readonly client: ResourceClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Tells in a pod's status and by an event why it has no node, and which one it waits for. */
export class StatusWriter {
  readonly #parts: StatusWriterParts;
  readonly #component: string;

  constructor(parts: StatusWriterParts, component: string) {
    this.#parts = parts;
    this.#component = component;
  }

  /** @param nominated the node that is kept free for it */
  unschedulable(pod: Pod, message: string, nominated: string | undefined): Promise<void> {
    return this.#notScheduled(pod, { reason: 'Unschedulable', message }, nominated);
  }

  /** It was given a node and could not be put there. Source: kube-scheduler, handleBindingCycleError. */
  failed(pod: Pod, message: string): Promise<void> {
    return this.#notScheduled(pod, { reason: 'SchedulerError', message }, undefined);
  }

  async #notScheduled(
    pod: Pod,
    { reason, message }: { readonly reason: string; readonly message: string },
    nominated: string | undefined,
  ): Promise<void> {
    const { client, clock, events } = this.#parts;
    const condition = (pod.status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
    const isNews = condition?.status !== 'False' || condition.message !== message;
    if (isNews)
      events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, component: this.#component });
    else if (pod.status?.nominatedNodeName === nominated) return;
    await changeStatus(client, pod, (status) =>
      withNomination(
        withCondition(status, {
          type: 'PodScheduled',
          status: 'False',
          reason,
          message,
          lastTransitionTime: (condition?.status === 'False' && condition.lastTransitionTime) || toRfc3339(clock.now()),
        }),
        nominated,
      ),
    );
  }

  async nominate(pod: Pod, node: string | undefined): Promise<void> {
    await changeStatus(this.#parts.client, pod, (status) => withNomination(status, node));
  }
}

/**
 * Changes a pod's status, whatever else is written to it at the same time. A pod that is gone, or another one by now, is
 * left alone.
 * @returns the pod as stored; undefined when it is gone
 */
export async function changeStatus(
  client: ResourceClient,
  pod: Pod,
  change: (status: PodStatus) => PodStatus,
): Promise<Pod | undefined> {
  let current = pod;
  for (let attempt = 1; ; attempt++) {
    try {
      const updated = { ...current, status: change(current.status ?? {}) };
      return await client.update(POD, updated, { subresource: 'status' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'NotFound') return undefined;
      if (error.reason !== 'Conflict' || attempt === ATTEMPTS) throw error;
    }
    const newer = await getIfThere(client, pod);
    if (!newer || newer.metadata.uid !== pod.metadata.uid) return undefined;
    current = newer;
  }
}

async function getIfThere(client: ResourceClient, pod: Pod): Promise<Pod | undefined> {
  try {
    return await client.get(POD, keyOf(pod));
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}

export function withCondition(status: PodStatus, condition: PodCondition): PodStatus {
  const others = (status.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...status, conditions: [...others, condition] };
}

function withNomination(status: PodStatus, node: string | undefined): PodStatus {
  const { nominatedNodeName: _, ...rest } = status;
  return node === undefined ? rest : { ...rest, nominatedNodeName: node };
}
