import type { KindDefinition, ObjectKey } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../store/store.ts';
import type { AdmissionChain } from './admission/chain.ts';
import { type CreateRequest, createObject } from './verbs/create.ts';
import { type DeleteRequest, type Deletion, deleteObject } from './verbs/delete.ts';
import { type DeleteCollectionRequest, deleteCollection } from './verbs/deletecollection.ts';
import type { EngineDeps } from './verbs/engine-deps.ts';
import { EventDecoder } from './verbs/event-decoder.ts';
import { getObject } from './verbs/get.ts';
import { type ListRequest, listObjects, type ObjectList } from './verbs/list.ts';
import { type PatchRequest, patchObject } from './verbs/patch.ts';
import { type UpdateRequest, updateObject } from './verbs/update.ts';
import { type WatchRequest, type WatchSink, watchObjects } from './verbs/watch.ts';

/** Every verb on every kind, over one store: what HTTPS and the master's own parts share. All methods throw ApiError. */
export class ResourceEngine implements EngineDeps {
  readonly store: Store;
  readonly admission: AdmissionChain;
  readonly clock: Clock;
  readonly #decoder = new EventDecoder();

  constructor({ store, admission, clock }: EngineDeps) {
    this.store = store;
    this.admission = admission;
    this.clock = clock;
  }

  get(kind: KindDefinition, key: ObjectKey, resourceVersion = ''): Promise<KubeObject> {
    return getObject(this, kind, key, resourceVersion);
  }

  list(kind: KindDefinition, request: ListRequest): Promise<ObjectList> {
    return listObjects(this, kind, request);
  }

  watch(kind: KindDefinition, request: WatchRequest, sink: WatchSink, signal: AbortSignal): Promise<void> {
    return watchObjects(this, this.#decoder, kind, request, sink, signal);
  }

  create(kind: KindDefinition, object: KubeObject, request: CreateRequest): Promise<KubeObject> {
    return createObject(this, kind, object, request);
  }

  update(kind: KindDefinition, request: UpdateRequest): Promise<KubeObject> {
    return updateObject(this, kind, request);
  }

  patch(kind: KindDefinition, request: PatchRequest): Promise<KubeObject> {
    return patchObject(this, kind, request);
  }

  delete(kind: KindDefinition, request: DeleteRequest): Promise<Deletion> {
    return deleteObject(this, kind, request);
  }

  deleteCollection(kind: KindDefinition, request: DeleteCollectionRequest): Promise<ObjectList> {
    return deleteCollection(this, kind, request);
  }
}
