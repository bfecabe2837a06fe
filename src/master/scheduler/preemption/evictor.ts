import { POD } from '../../../api/kinds/pod.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf } from '../../../api/registry.ts';
import type { Pod } from '../../../api/types.ts';
import { type Clock, toRfc3339 } from '../../../lib/clock.ts';
import type { EventRecorder, ResourceClient } from '../../resource-client.ts';
import { changeStatus, withCondition } from '../status-writer.ts';
import { PREEMPTED } from './preempt.ts';

export interface EvictorParts {
  readonly client: ResourceClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Makes victims go as anybody who deletes a pod does: with all the time that they ask for. */
export class Evictor {
  readonly #parts: EvictorParts;
  readonly #component: string;

  constructor(parts: EvictorParts, component: string) {
    this.#parts = parts;
    this.#component = component;
  }

  /** @throws ApiError when one of them could not be told to go. */
  async evict(victims: readonly Pod[], preemptor: Pod, node: string): Promise<void> {
    await Promise.all(victims.map((victim) => this.#evictOne(victim, preemptor, node)));
  }

  async #evictOne(victim: Pod, preemptor: Pod, node: string): Promise<void> {
    const { client, clock, events } = this.#parts;
    // It goes already: telling it again would say nothing new.
    if (victim.metadata.deletionTimestamp) return;
    const marked = await changeStatus(client, victim, (status) =>
      withCondition(status, {
        type: 'DisruptionTarget',
        status: 'True',
        reason: PREEMPTED,
        message: `${this.#component}: preempting to accommodate a higher priority pod`,
        ...(victim.metadata.generation === undefined ? {} : { observedGeneration: victim.metadata.generation }),
        lastTransitionTime: toRfc3339(clock.now()),
      }),
    );
    if (!marked) return;
    try {
      const { uid } = victim.metadata;
      await client.delete(POD, keyOf(victim), uid === undefined ? {} : { preconditions: { uid } });
    } catch (error) {
      if (error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return;
      throw error;
    }
    events.record(victim, {
      type: 'Normal',
      reason: 'Preempted',
      message: `Preempted by pod ${preemptor.metadata.uid} on node ${node}`,
      component: this.#component,
    });
  }
}
