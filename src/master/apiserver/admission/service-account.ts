import { setServiceAccount, takePullSecrets } from '../../../api/kinds/pod/admission.ts';
import { isMirrorPod } from '../../../api/kinds/pod/mirror.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { SERVICE_ACCOUNT } from '../../../api/kinds/service-account.ts';
import { forbidden } from '../../../api/meta/errors.ts';
import type { ObjectKey } from '../../../api/registry.ts';
import type { Pod, ServiceAccount } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { type AdmissionPlugin, type AdmissionRequest, isOf } from './chain.ts';

/** A controller makes this one a moment after its namespace. */
const DEFAULT = 'default';

/** How long a pod waits for it at most (kube-apiserver looks ten times, 100 to 200 ms apart). */
const DEFAULT_WAIT_MS = 2000;

interface ServiceAccountParts {
  readonly cache: ObjectCache;
  readonly clock: Clock;
}

/** Every new pod runs as a service account that is there, and has its secrets for images (Kubernetes' plugin ServiceAccount). */
export class ServiceAccountAdmission implements AdmissionPlugin {
  readonly name = 'ServiceAccount';
  readonly #cache: ObjectCache;
  readonly #clock: Clock;

  constructor({ cache, clock }: ServiceAccountParts) {
    this.#cache = cache;
    this.#clock = clock;
  }

  /** @throws ApiError Forbidden for an account that is not there, and for a mirror pod that names one. */
  async mutate(request: AdmissionRequest): Promise<void> {
    if (request.operation !== 'CREATE' || request.subresource !== '' || !isOf(request, POD)) return;
    const pod = request.object as Pod;
    const { metadata, spec } = pod;
    if (isMirrorPod(pod)) {
      // What its node runs already is not for the API to change.
      if (!spec.serviceAccountName) return;
      throw forbidden(POD, metadata.name, 'a mirror pod may not reference service accounts');
    }
    setServiceAccount(pod);
    const { serviceAccountName: name = DEFAULT } = spec;
    const { namespace } = request.key;
    const account = await this.#find({ namespace, name });
    if (!account) {
      const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
      throw forbidden(POD, metadata.name, why);
    }
    takePullSecrets(pod, account);
  }

  async #find(key: ObjectKey): Promise<ServiceAccount | undefined> {
    const account = this.#cache.get(SERVICE_ACCOUNT, key);
    return account || key.name !== DEFAULT ? account : this.#await(key);
  }

  /** @returns undefined when it does not come in time. */
  async #await({ namespace, name }: ObjectKey): Promise<ServiceAccount | undefined> {
    const found = Promise.withResolvers<ServiceAccount | undefined>();
    const cancelTimer = this.#clock.after(DEFAULT_WAIT_MS, () => found.resolve(undefined));
    const unsubscribe = this.#cache.subscribe(SERVICE_ACCOUNT, ({ type, object }) => {
      const { metadata } = object;
      if (type !== 'deleted' && metadata.namespace === namespace && metadata.name === name) found.resolve(object);
    });
    try {
      return await found.promise;
    } finally {
      unsubscribe();
      cancelTimer();
    }
  }
}
