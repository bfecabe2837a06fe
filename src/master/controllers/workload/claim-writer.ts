import { ApiError } from '../../../api/meta/errors.ts';
import { type KindDefinition, keyOf } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { ResourceClient } from '../../resource-client.ts';
import { ignoring } from '../ignore-errors.ts';
import { controllerReference } from './owner.ts';

/** Writes into objects whose they are. A lost race is no error: what won it wakes the owner again. */
export class ClaimWriter<Owner extends KubeObject, T extends KubeObject> {
  readonly #client: ResourceClient;
  readonly #ownerKind: KindDefinition<Owner>;
  readonly #kind: KindDefinition<T>;

  constructor(client: ResourceClient, ownerKind: KindDefinition<Owner>, kind: KindDefinition<T>) {
    this.#client = client;
    this.#ownerKind = ownerKind;
    this.#kind = kind;
  }

  /** Makes `owner` the object's controller, unless it is gone by now, replaced by a namesake, or being deleted. */
  async adopt(owner: KubeObject, object: T): Promise<void> {
    // From the API, not from a cache: an object that was given to one who is gone would be collected as garbage.
    const current = await this.#find(owner);
    if (!current || current.metadata.uid !== owner.metadata.uid || current.metadata.deletionTimestamp) return;
    const others = object.metadata.ownerReferences ?? [];
    await this.#write(object, [...others, controllerReference(owner)]);
  }

  async release(owner: KubeObject, object: T): Promise<void> {
    const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
    await this.#write(object, others);
  }

  async #write(object: T, ownerReferences: NonNullable<KubeObject['metadata']['ownerReferences']>): Promise<void> {
    const { ownerReferences: _old, ...metadata } = object.metadata;
    const owners = ownerReferences.length > 0 ? { ownerReferences } : {};
    const changed = { ...object, metadata: { ...metadata, ...owners } };
    await ignoring(['NotFound', 'Conflict'], this.#client.update(this.#kind, changed));
  }

  async #find(owner: KubeObject): Promise<Owner | undefined> {
    try {
      return await this.#client.get(this.#ownerKind, keyOf(owner));
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }
}
