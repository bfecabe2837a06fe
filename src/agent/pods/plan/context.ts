import type { Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { ObservedContainer } from '../../runtime/runtime.ts';
import type { Fence } from '../fence.ts';
import type { PodMemory } from '../pod-memory.ts';
import type { PodView } from '../pod-view.ts';
import type { PlannedEvent, Step } from './step.ts';

/** What a plan is made from. */
export interface PlanInput {
  /** undefined: this node is not to run it (any more). */
  readonly pod: Pod | undefined;
  /** All that the engine shows of this pod. */
  readonly observed: readonly ObservedContainer[];
  readonly memory: PodMemory;
  readonly now: Millis;
  /** False until the node has its pod CIDR and the bridge is up: pods with an address of their own wait. */
  readonly isNetworkReady: boolean;
  /** undefined: the node is in touch with the master. */
  readonly fence?: Fence;
}

/** The same, sorted, for the sections of a plan. */
export interface PlanContext {
  readonly pod: Pod;
  readonly view: PodView;
  readonly memory: PodMemory;
  readonly now: Millis;
  readonly isNetworkReady: boolean;
  readonly fence?: Fence;
}

/** The step that tells an event, or none when it was told already. */
export function once(memory: PodMemory, key: string, event: PlannedEvent): Step[] {
  return memory.recorded.has(key) ? [] : [{ do: 'recordEvent', key, event }];
}
