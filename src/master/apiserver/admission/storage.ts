import { PERSISTENT_VOLUME } from '../../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../../api/kinds/persistent-volume-claim.ts';
import { compareStorage } from '../../../api/kinds/storage/amounts.ts';
import { CLAIM_PROTECTION, VOLUME_PROTECTION } from '../../../api/kinds/storage/names.ts';
import { isDefaultClass, STORAGE_CLASS } from '../../../api/kinds/storage-class.ts';
import { forbidden } from '../../../api/meta/errors.ts';
import type { KubeObject, PersistentVolumeClaim } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { type AdmissionPlugin, type AdmissionRequest, isOf } from './chain.ts';
import { newestDefault } from './default-class.ts';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/**
 * Gives claims that name no class the default one, and lets claims grow only where their class does (Kubernetes' plugins
 * DefaultStorageClass, PersistentVolumeClaimResize and StorageObjectInUseProtection).
 */
export class StorageAdmission implements AdmissionPlugin {
  readonly name = 'Storage';
  readonly #cache: ObjectCache;

  constructor(cache: ObjectCache) {
    this.#cache = cache;
  }

  mutate(request: AdmissionRequest): void {
    if (request.subresource !== '' || request.operation !== 'CREATE') return;
    if (isOf(request, PERSISTENT_VOLUME)) protect(request.object, VOLUME_PROTECTION);
    if (!isOf(request, PERSISTENT_VOLUME_CLAIM)) return;
    protect(request.object, CLAIM_PROTECTION);
    const { metadata, spec } = request.object as PersistentVolumeClaim;
    if (!spec || spec.storageClassName !== undefined || metadata.annotations?.[BETA_CLASS] !== undefined) return;
    const name = newestDefault(this.#cache.list(STORAGE_CLASS), isDefaultClass)?.metadata.name;
    if (name) spec.storageClassName = name;
  }

  /** @throws ApiError Forbidden for a claim that may not grow */
  validate(request: AdmissionRequest): void {
    if (!isOf(request, PERSISTENT_VOLUME_CLAIM) || request.subresource !== '' || request.operation !== 'UPDATE') return;
    const { metadata, spec } = request.object as PersistentVolumeClaim;
    const old = request.old as PersistentVolumeClaim;
    if (compareStorage(spec.resources?.requests, old.spec.resources?.requests) <= 0) return;
    const found = this.#cache.get(STORAGE_CLASS, { namespace: '', name: spec.storageClassName ?? '' });
    if (found?.allowVolumeExpansion) return;
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
    throw forbidden(PERSISTENT_VOLUME_CLAIM, metadata.name, why);
  }
}

/** It stays, once deleted, as long as somebody uses it. */
function protect({ metadata }: KubeObject, finalizer: string): void {
  const { finalizers = [] } = metadata;
  if (!finalizers.includes(finalizer)) metadata.finalizers = [...finalizers, finalizer];
}
