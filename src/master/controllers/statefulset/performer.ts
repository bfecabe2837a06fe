import { POD } from '../../../api/kinds/pod.ts';
import { STATEFUL_SET } from '../../../api/kinds/stateful-set.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf, keyText } from '../../../api/registry.ts';
import type { Pod, StatefulSet } from '../../../api/types.ts';
import type { ControllerParts } from '../controller.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { isNamespaceTerminating } from '../workload/namespace-terminating.ts';
import { messageOf } from '../workload/pod-writer.ts';
import { slowStart } from '../workload/slow-start.ts';
import { ClaimKeeper } from './claim-keeper.ts';
import type { Action } from './plan.ts';

const COMPONENT = 'statefulset-controller';

/** Does what was planned for one StatefulSet, telling of it in Events. */
export class Performer {
  readonly #parts: Pick<ControllerParts, 'client' | 'events'>;
  readonly #owners: ClaimWriter<StatefulSet, Pod>;
  readonly #claims: ClaimKeeper;

  constructor(parts: Pick<ControllerParts, 'client' | 'events'>) {
    this.#parts = parts;
    this.#owners = new ClaimWriter(parts.client, STATEFUL_SET, POD);
    this.#claims = new ClaimKeeper(parts, COMPONENT);
  }

  /** @throws the first thing that went wrong; what was planned after it is not done. */
  async perform(set: StatefulSet, actions: readonly Action[]): Promise<void> {
    const creating = actions.flatMap((action) => (action.do === 'create' ? [action.pod] : []));
    for (const action of actions) await this.#performOne(set, action);
    const next = creating.values();
    await slowStart(creating.length, async () => {
      const { value: pod } = next.next();
      if (pod) await this.#create(set, pod);
    });
  }

  async #performOne(set: StatefulSet, action: Action): Promise<void> {
    switch (action.do) {
      case 'create':
        return; // After all else, and several at a time.
      case 'delete':
        return this.#delete(set, action);
      case 'update':
        return this.#update(set, action.pod);
      case 'adopt':
      case 'release':
        return this.#owners[action.do](set, action.pod);
      case 'createClaim':
        return this.#claims.ensure(set, action.pod.metadata.name, action.claim);
      case 'adoptClaim':
      case 'releaseClaim':
        return this.#claims.transfer(set, action);
    }
  }

  async #create(set: StatefulSet, pod: Pod): Promise<void> {
    try {
      await this.#claims.ensureAll(set, pod.metadata.name);
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
