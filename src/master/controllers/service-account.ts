import { NAMESPACE } from '../../api/kinds/namespace.ts';
import { SERVICE_ACCOUNT } from '../../api/kinds/service-account.ts';
import type { ObjectKey } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { ignoring } from './ignore-errors.ts';

/** Every active namespace has the ServiceAccount `default` that its pods run as. */
export function serviceAccountController({ client, cache }: ControllerParts): Reconciler {
  return {
    name: 'serviceaccount-controller',
    watches: [{ kind: NAMESPACE }, { kind: SERVICE_ACCOUNT, keysOf: namespaceOf }],
    async reconcile({ name }) {
      const namespace = cache.get(NAMESPACE, { namespace: '', name });
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      if (cache.get(SERVICE_ACCOUNT, { namespace: name, name: 'default' })) return;
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } };
      await ignoring(['AlreadyExists', 'NotFound'], client.create(SERVICE_ACCOUNT, account));
    },
  };
}

/** The key of the namespace that an object lives in. */
export function namespaceOf(object: KubeObject): readonly ObjectKey[] {
  return [{ namespace: '', name: object.metadata.namespace ?? '' }];
}
