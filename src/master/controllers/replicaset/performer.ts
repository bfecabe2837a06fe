import { POD } from '../../../api/kinds/pod.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf } from '../../../api/registry.ts';
import type { Pod, ReplicaSet } from '../../../api/types.ts';
import type { EventRecorder, ResourceClient } from '../../resource-client.ts';
import type { ClaimWriter } from '../workload/claim-writer.ts';
import { isNamespaceTerminating } from '../workload/namespace-terminating.ts';
import { podFromTemplate } from '../workload/pod-from-template.ts';
import { slowStart } from '../workload/slow-start.ts';
import type { Action } from './plan.ts';
import type { Failure } from './status.ts';

export interface PerformerParts {
  readonly client: ResourceClient;
  readonly events: EventRecorder;
  readonly claims: Pick<ClaimWriter<ReplicaSet, Pod>, 'adopt' | 'release'>;
  /** What its events come from: `replicaset-controller`. */
  readonly component: string;
}

/** Does what was planned for one ReplicaSet, telling of it in Events. */
export class Performer {
  readonly #parts: PerformerParts;

  constructor(parts: PerformerParts) {
    this.#parts = parts;
  }

  /** @returns the first thing that went wrong, and how the status is to tell it */
  async perform(
    set: ReplicaSet,
    actions: readonly Action[],
  ): Promise<{ readonly failure: Failure; readonly error: unknown } | undefined> {
    const { claims } = this.#parts;
    const deletions: Promise<void>[] = [];
    try {
      for (const action of actions) {
        if (action.do === 'createPods') await slowStart(action.count, () => this.#create(set));
        else if (action.do === 'deletePod') deletions.push(this.#delete(set, action.pod));
        else await claims[action.do](set, action.pod);
      }
    } catch (error) {
      return { failure: { reason: 'FailedCreate', message: messageOf(error) }, error };
    }
    const failed = (await Promise.allSettled(deletions)).find((outcome) => outcome.status === 'rejected');
    return failed && { failure: { reason: 'FailedDelete', message: messageOf(failed.reason) }, error: failed.reason };
  }

  async #create(set: ReplicaSet): Promise<void> {
    try {
      const pod = await this.#parts.client.create(POD, podFromTemplate(set.spec.template, set));
      this.#tell(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` });
    } catch (error) {
      // Nothing is made in a namespace that ends: that is no failure of the ReplicaSet.
      if (isNamespaceTerminating(error)) return;
      this.#tell(set, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${messageOf(error)}` });
      throw error;
    }
  }

  async #delete(set: ReplicaSet, pod: Pod): Promise<void> {
    try {
      await this.#parts.client.delete(POD, keyOf(pod), { preconditions: { uid: pod.metadata.uid ?? '' } });
      this.#tell(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` });
    } catch (error) {
      // Gone already, or replaced by a namesake: as wanted.
      if (error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return;
      this.#tell(set, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(error)}` });
      throw error;
    }
  }

  #tell(
    set: ReplicaSet,
    event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
  ): void {
    this.#parts.events.record(set, { ...event, component: this.#parts.component });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
