import { PERSISTENT_VOLUME_CLAIM } from '../../../api/kinds/persistent-volume-claim.ts';
import { STATEFUL_SET } from '../../../api/kinds/stateful-set.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf } from '../../../api/registry.ts';
import type { PersistentVolumeClaim, StatefulSet } from '../../../api/types.ts';
import type { ControllerParts } from '../controller.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { messageOf } from '../workload/pod-writer.ts';
import { type ClaimTransfer, claimsOf } from './claims.ts';

/** Makes the claims of a set's pods, and writes into them whose they are. */
export class ClaimKeeper {
  readonly #parts: Pick<ControllerParts, 'client' | 'events'>;
  readonly #component: string;
  readonly #owners: ClaimWriter<StatefulSet, PersistentVolumeClaim>;

  constructor(parts: Pick<ControllerParts, 'client' | 'events'>, component: string) {
    this.#parts = parts;
    this.#component = component;
    this.#owners = new ClaimWriter(parts.client, STATEFUL_SET, PERSISTENT_VOLUME_CLAIM);
  }

  async transfer(set: StatefulSet, { do: what, claim }: ClaimTransfer): Promise<void> {
    if (what === 'adoptClaim') await this.#owners.adopt(set, claim);
    else await this.#owners.release(set, claim);
  }

  /** All that a pod needs. @throws Error when one of them is being deleted: its data would go from under the pod */
  async ensureAll(set: StatefulSet, podName: string): Promise<void> {
    for (const claim of claimsOf(set, podName)) await this.ensure(set, podName, claim);
  }

  /** Its disk comes before the pod; one that is there holds what the pod's forerunner wrote. */
  async ensure(set: StatefulSet, podName: string, claim: PersistentVolumeClaim): Promise<void> {
    const { name } = claim.metadata;
    const what = `create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name}`;
    try {
      await this.#parts.client.create(PERSISTENT_VOLUME_CLAIM, claim);
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return this.#checkStays(claim);
      this.#tell(set, {
        type: 'Warning',
        reason: 'FailedCreate',
        message: `${what} failed error: ${messageOf(error)}`,
      });
      throw error;
    }
    this.#tell(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `${what} success` });
  }

  /** Source: kube-controller, stateful_pod_control.go (createPersistentVolumeClaims). */
  async #checkStays(claim: PersistentVolumeClaim): Promise<void> {
    const { metadata } = await this.#parts.client.get(PERSISTENT_VOLUME_CLAIM, keyOf(claim));
    if (metadata.deletionTimestamp) throw new Error(`pvc ${metadata.name} is being deleted`);
  }

  #tell(
    set: StatefulSet,
    event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
  ): void {
    this.#parts.events.record(set, { ...event, component: this.#component });
  }
}
