import type { Pod, ReplicaSet } from '../../../api/types.ts';
import type { ClaimWriter } from '../workload/claim-writer.ts';
import { podFromTemplate } from '../workload/pod-from-template.ts';
import { messageOf, PodWriter, type PodWriterParts } from '../workload/pod-writer.ts';
import { slowStart } from '../workload/slow-start.ts';
import type { Action } from './plan.ts';
import type { Failure } from './status.ts';

export interface PerformerParts extends PodWriterParts {
  readonly claims: Pick<ClaimWriter<ReplicaSet, Pod>, 'adopt' | 'release'>;
}

/** Does what was planned for one ReplicaSet, telling of it in Events. */
export class Performer {
  readonly #claims: PerformerParts['claims'];
  readonly #pods: PodWriter;

  constructor({ claims, ...parts }: PerformerParts) {
    this.#claims = claims;
    this.#pods = new PodWriter(parts);
  }

  /** @returns the first thing that went wrong, and how the status is to tell it */
  async perform(
    set: ReplicaSet,
    actions: readonly Action[],
  ): Promise<{ readonly failure: Failure; readonly error: unknown } | undefined> {
    const deletions: Promise<void>[] = [];
    try {
      for (const action of actions) {
        if (action.do === 'createPods') await slowStart(action.count, () => this.#create(set));
        else if (action.do === 'deletePod') deletions.push(this.#pods.delete(set, action.pod));
        else await this.#claims[action.do](set, action.pod);
      }
    } catch (error) {
      return { failure: { reason: 'FailedCreate', message: messageOf(error) }, error };
    }
    const failed = (await Promise.allSettled(deletions)).find((outcome) => outcome.status === 'rejected');
    return failed && { failure: { reason: 'FailedDelete', message: messageOf(failed.reason) }, error: failed.reason };
  }

  #create(set: ReplicaSet): Promise<void> {
    return this.#pods.create(set, podFromTemplate(set.spec.template, set));
  }
}
