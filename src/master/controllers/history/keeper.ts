import { CONTROLLER_REVISION } from '../../../api/kinds/controller-revision.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { type KindDefinition, keyOf } from '../../../api/registry.ts';
import type { ControllerRevision, KubeObject } from '../../../api/types.ts';
import type { ResourceClient } from '../../resource-client.ts';
import { ignoring } from '../ignore-errors.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { isNamespaceTerminating } from '../workload/namespace-terminating.ts';
import { isControlledBy } from '../workload/owner.ts';
import type { HistoryAction } from './plan.ts';
import { isSameRevision } from './revision.ts';

/** Writes the history of workloads of one kind. */
export class HistoryKeeper<Owner extends KubeObject & { readonly status?: { readonly collisionCount?: number } }> {
  readonly #client: ResourceClient;
  readonly #kind: KindDefinition<Owner>;
  readonly #claims: ClaimWriter<Owner, ControllerRevision>;

  constructor(client: ResourceClient, kind: KindDefinition<Owner>) {
    this.#client = client;
    this.#kind = kind;
    this.#claims = new ClaimWriter(client, kind, CONTROLLER_REVISION);
  }

  /** @returns whether the revisions are now as planned: else the pass ends here, and what stood in its way brings the next one. */
  async perform(owner: Owner, actions: readonly HistoryAction[]): Promise<boolean> {
    for (const { do: what, revision } of actions) {
      if (what === 'create') {
        if (!(await this.#create(owner, revision))) return false;
      } else if (what === 'update') await this.#client.update(CONTROLLER_REVISION, revision);
      else if (what === 'delete') await this.#delete(revision);
      else await this.#claims[what](owner, revision);
    }
    return true;
  }

  async #create(owner: Owner, revision: ControllerRevision): Promise<boolean> {
    try {
      await this.#client.create(CONTROLLER_REVISION, revision);
      return true;
    } catch (error) {
      if (isNamespaceTerminating(error)) return false;
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return this.#onCollision(owner, revision);
      throw error;
    }
  }

  /** Two templates have one hash, or somebody took the name: the next pass takes another one. */
  async #onCollision(owner: Owner, revision: ControllerRevision): Promise<boolean> {
    const existing = await this.#client.get(CONTROLLER_REVISION, keyOf(revision));
    if (isControlledBy(existing, owner) && isSameRevision(existing, revision)) return true;
    const { status } = owner;
    const collided = { ...owner, status: { ...status, collisionCount: (status?.collisionCount ?? 0) + 1 } };
    await this.#client.update(this.#kind, collided, { subresource: 'status' });
    return false;
  }

  async #delete({ metadata, ...revision }: ControllerRevision): Promise<void> {
    const preconditions = { uid: metadata.uid ?? '' };
    const deletion = this.#client.delete(CONTROLLER_REVISION, keyOf({ ...revision, metadata }), { preconditions });
    await ignoring(['NotFound', 'Conflict'], deletion);
  }
}
