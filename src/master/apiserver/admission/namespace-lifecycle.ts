import { ApiError, forbidden, notFound } from '../../../api/meta/errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { Namespace } from '../../../api/types.ts';
import type { Store } from '../../store/store.ts';
import { readCurrent } from '../verbs/stored.ts';
import type { AdmissionPlugin, AdmissionRequest } from './chain.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** Objects are created only in namespaces that are there and stay; some namespaces always stay. */
export class NamespaceLifecycle implements AdmissionPlugin {
  readonly name = 'NamespaceLifecycle';
  readonly #store: Store;
  readonly #kind: KindDefinition<Namespace>;

  constructor(store: Store, kind: KindDefinition<Namespace>) {
    this.#store = store;
    this.#kind = kind;
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    if (request.operation === 'CREATE' && request.kind.namespaced) await this.#assertOpen(request);
  }

  validate({ operation, kind, key }: AdmissionRequest): void {
    const isNamespace = kind.group === '' && kind.plural === this.#kind.plural;
    if (operation === 'DELETE' && isNamespace && IMMORTAL.has(key.name)) {
      throw forbidden(kind, key.name, 'this namespace may not be deleted');
    }
  }

  async #assertOpen({ kind, key }: AdmissionRequest): Promise<void> {
    const current = await readCurrent(this.#store, this.#kind, { namespace: '', name: key.namespace });
    if (!current) throw notFound(this.#kind, key.namespace);
    if (!current.object.metadata.deletionTimestamp) return;
    const refusal = forbidden(
      kind,
      key.name,
      `unable to create new content in namespace ${key.namespace} because it is being terminated`,
    );
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${key.namespace} is being terminated`,
      field: 'metadata.namespace',
    };
    throw new ApiError('Forbidden', refusal.message, { ...refusal.details, causes: [cause] });
  }
}
