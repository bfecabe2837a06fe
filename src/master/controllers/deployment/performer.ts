import { DEPLOYMENT } from '../../../api/kinds/deployment.ts';
import { REPLICA_SET } from '../../../api/kinds/replica-set.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf } from '../../../api/registry.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../../api/types.ts';
import type { ControllerParts } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { isNamespaceTerminating } from '../workload/namespace-terminating.ts';
import { isControlledBy } from '../workload/owner.ts';
import { isSameTemplate } from '../workload/template-equality.ts';
import { REVISION } from './annotations.ts';
import type { Action } from './plan.ts';
import { createFailed } from './progress.ts';

const COMPONENT = 'deployment-controller';

/** Does what was planned for one Deployment, telling of it in Events. */
export class Performer {
  readonly #parts: ControllerParts;
  readonly #claims: ClaimWriter<Deployment, ReplicaSet>;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#claims = new ClaimWriter(parts.client, DEPLOYMENT, REPLICA_SET);
  }

  /** @returns whether the actions planned after this one still hold. @throws ApiError Conflict when the view was stale */
  async perform(deployment: Deployment, action: Action): Promise<boolean> {
    const { client } = this.#parts;
    switch (action.do) {
      case 'createSet':
        return this.#create(deployment, action.set);
      case 'updateSet':
        await client.update(REPLICA_SET, action.set);
        this.#tellScaled(deployment, action.set, action.before.spec.replicas);
        return true;
      case 'deleteSet': {
        const preconditions = { uid: action.set.metadata.uid ?? '' };
        await ignoring(['NotFound'], client.delete(REPLICA_SET, keyOf(action.set), { preconditions }));
        return true;
      }
      case 'setStatus':
        await this.#writeStatus(deployment, action.status, action.revision);
        return true;
      default:
        await this.#claims[action.do](deployment, action.set);
        return true;
    }
  }

  async #create(deployment: Deployment, set: ReplicaSet): Promise<boolean> {
    const { client, events, clock } = this.#parts;
    try {
      await client.create(REPLICA_SET, set);
      this.#tellScaled(deployment, set, 0);
      return true;
    } catch (error) {
      if (isNamespaceTerminating(error)) return false;
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return this.#onCollision(deployment, set);
      const cause = error instanceof Error ? error.message : String(error);
      const message = `Failed to create new replica set ${JSON.stringify(set.metadata.name)}: ${cause}`;
      events.record(deployment, { type: 'Warning', reason: 'ReplicaSetCreateError', message, component: COMPONENT });
      const { status = {} } = deployment;
      const conditions = createFailed(deployment, status.conditions ?? [], message, clock.now());
      await this.#writeStatus(deployment, { ...status, conditions: [...conditions] }, undefined);
      throw error;
    }
  }

  /** Two templates have one hash, or somebody took the name: the next pass takes another one. */
  async #onCollision(deployment: Deployment, set: ReplicaSet): Promise<boolean> {
    const existing = await this.#parts.client.get(REPLICA_SET, keyOf(set));
    const isOurs = isControlledBy(existing, deployment);
    if (isOurs && isSameTemplate(existing.spec.template, set.spec.template)) return false;
    const { status = {} } = deployment;
    const collisionCount = (status.collisionCount ?? 0) + 1;
    await this.#writeStatus(deployment, { ...status, collisionCount }, undefined);
    return false;
  }

  async #writeStatus(deployment: Deployment, status: DeploymentStatus, revision: string | undefined): Promise<void> {
    const { metadata } = deployment;
    const revised = { ...metadata, annotations: { ...metadata.annotations, [REVISION]: revision ?? '' } };
    const changed = { ...deployment, metadata: revision === undefined ? metadata : revised, status };
    await this.#parts.client.update(DEPLOYMENT, changed, { subresource: 'status' });
  }

  #tellScaled(deployment: Deployment, { metadata, spec }: ReplicaSet, before: number): void {
    if (spec.replicas === before) return;
    const direction = spec.replicas > before ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${metadata.name} from ${before} to ${spec.replicas}`;
    this.#parts.events.record(deployment, {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message,
      component: COMPONENT,
    });
  }
}
