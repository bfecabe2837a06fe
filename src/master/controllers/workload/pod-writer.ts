import { POD } from '../../../api/kinds/pod.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf } from '../../../api/registry.ts';
import type { KubeObject, Pod } from '../../../api/types.ts';
import type { EventRecorder, ResourceClient } from '../../resource-client.ts';
import { isNamespaceTerminating } from './namespace-terminating.ts';

export interface PodWriterParts {
  readonly client: ResourceClient;
  readonly events: EventRecorder;
  /** What its events come from: `replicaset-controller`. */
  readonly component: string;
}

/** Makes and deletes the pods of an owner whose pods bear random names, and tells of it in Events about the owner. */
export class PodWriter {
  readonly #parts: PodWriterParts;

  constructor(parts: PodWriterParts) {
    this.#parts = parts;
  }

  /** @throws what admission or validation says; nothing is made, and nothing thrown, in a namespace that ends */
  async create(owner: KubeObject, pod: Pod): Promise<void> {
    try {
      const created = await this.#parts.client.create(POD, pod);
      this.#tell(owner, {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${created.metadata.name}`,
      });
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      this.#tell(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${messageOf(error)}` });
      throw error;
    }
  }

  /** This pod, and no namesake of it that was made later. */
  async delete(owner: KubeObject, pod: Pod): Promise<void> {
    try {
      await this.#parts.client.delete(POD, keyOf(pod), { preconditions: { uid: pod.metadata.uid ?? '' } });
      this.#tell(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` });
    } catch (error) {
      // Gone already, or replaced by a namesake: as wanted.
      if (error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return;
      this.#tell(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(error)}` });
      throw error;
    }
  }

  #tell(
    owner: KubeObject,
    event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
  ): void {
    this.#parts.events.record(owner, { ...event, component: this.#parts.component });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
