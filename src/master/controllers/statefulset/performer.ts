import { PERSISTENT_VOLUME_CLAIM } from '../../../api/kinds/persistent-volume-claim.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { STATEFUL_SET } from '../../../api/kinds/stateful-set.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf, keyText } from '../../../api/registry.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../../api/types.ts';
import type { ControllerParts } from '../controller.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { isNamespaceTerminating } from '../workload/namespace-terminating.ts';
import { messageOf } from '../workload/pod-writer.ts';
import { slowStart } from '../workload/slow-start.ts';
import { claimsOf } from './identity.ts';
import type { Action } from './plan.ts';

const COMPONENT = 'statefulset-controller';

/** Does what was planned for one StatefulSet, telling of it in Events. */
export class Performer {
  readonly #parts: Pick<ControllerParts, 'client' | 'events'>;
  readonly #claims: ClaimWriter<StatefulSet, Pod>;

  constructor(parts: Pick<ControllerParts, 'client' | 'events'>) {
    this.#parts = parts;
    this.#claims = new ClaimWriter(parts.client, STATEFUL_SET, POD);
  }

  /** @throws the first thing that went wrong; what was planned after it is not done. */
  async perform(set: StatefulSet, actions: readonly Action[]): Promise<void> {
    const creating = actions.filter((action) => action.do === 'create');
    for (const action of actions) {
      if (action.do === 'delete') await this.#delete(set, action);
      else if (action.do === 'update') await this.#update(set, action.pod);
      else if (action.do !== 'create') await this.#claims[action.do](set, action.pod);
    }
    const next = creating.values();
    await slowStart(creating.length, async () => {
      const { value } = next.next();
      if (value) await this.#create(set, value.pod);
    });
  }

  async #create(set: StatefulSet, pod: Pod): Promise<void> {
    try {
      for (const claim of claimsOf(set, pod.metadata.name)) await this.#ensureClaim(set, pod, claim);
      await this.#parts.client.create(POD, pod);
      this.#tell(set, 'create', pod);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      // Somebody else's pod has the name: it is tried again, and nobody is told each time.
      const isTaken = error instanceof ApiError && error.reason === 'AlreadyExists';
      if (!isTaken) this.#tell(set, 'create', pod, error);
      throw error;
    }
  }

  /** Its disk comes before the pod; one that is there holds what the pod's forerunner wrote. */
  async #ensureClaim(set: StatefulSet, pod: Pod, claim: PersistentVolumeClaim): Promise<void> {
    const what = `create Claim ${claim.metadata.name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
    const { client, events } = this.#parts;
    try {
      await client.create(PERSISTENT_VOLUME_CLAIM, claim);
      const message = `${what} success`;
      events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message, component: COMPONENT });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return;
      const message = `${what} failed error: ${messageOf(error)}`;
      events.record(set, { type: 'Warning', reason: 'FailedCreate', message, component: COMPONENT });
      throw error;
    }
  }

  async #delete(set: StatefulSet, { pod, because }: Extract<Action, { do: 'delete' }>): Promise<void> {
    if (because) this.#tellRecreation(set, pod, because);
    try {
      await this.#parts.client.delete(POD, keyOf(pod), { preconditions: { uid: pod.metadata.uid ?? '' } });
      this.#tell(set, 'delete', pod);
    } catch (error) {
      // Gone already, or replaced by a namesake: as wanted.
      if (error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return;
      this.#tell(set, 'delete', pod, error);
      throw error;
    }
  }

  async #update(set: StatefulSet, pod: Pod): Promise<void> {
    try {
      await this.#parts.client.update(POD, pod);
      this.#tell(set, 'update', pod);
    } catch (error) {
      this.#tell(set, 'update', pod, error);
      throw error;
    }
  }

  #tellRecreation(set: StatefulSet, { metadata }: Pod, because: 'failed' | 'terminated'): void {
    const message = `StatefulSet ${keyText(keyOf(set))} is recreating ${because} Pod ${metadata.name}`;
    const event =
      because === 'failed'
        ? ({ type: 'Warning', reason: 'RecreatingFailedPod' } as const)
        : ({ type: 'Normal', reason: 'RecreatingTerminatedPod' } as const);
    this.#parts.events.record(set, { ...event, message, component: COMPONENT });
  }

  /** `create Pod web-0 in StatefulSet web successful`; with an error, that it failed. */
  #tell(set: StatefulSet, verb: 'create' | 'delete' | 'update', { metadata }: Pod, error?: unknown): void {
    const what = `${verb} Pod ${metadata.name} in StatefulSet ${set.metadata.name}`;
    const Verb = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
    const event =
      error === undefined
        ? ({ type: 'Normal', reason: `Successful${Verb}`, message: `${what} successful` } as const)
        : ({ type: 'Warning', reason: `Failed${Verb}`, message: `${what} failed error: ${messageOf(error)}` } as const);
    this.#parts.events.record(set, { ...event, component: COMPONENT });
  }
}
