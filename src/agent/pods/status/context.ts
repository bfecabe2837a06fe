import type { Pod, PodStatus } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { PodMemory } from '../pod-memory.ts';
import type { PodView } from '../pod-view.ts';

/** What a status is made from, sorted for its sections. */
export interface StatusContext {
  readonly pod: Pod;
  readonly view: PodView;
  readonly memory: PodMemory;
  readonly now: Millis;
  readonly previous: PodStatus;
  readonly hasInitContainers: boolean;
  /** The pod's own containers have ended and stay so. */
  readonly areMainsDone: boolean;
  /** Nothing will be started any more: the pod is deleted, finished or past its deadline. */
  readonly isEnding: boolean;
  /** Ending, and nothing of it runs. */
  readonly isOver: boolean;
}
