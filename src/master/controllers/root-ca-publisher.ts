import { CONFIG_MAP } from '../../api/kinds/config-map.ts';
import { NAMESPACE } from '../../api/kinds/namespace.ts';
import type { ConfigMap } from '../../api/types.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { ignoring } from './ignore-errors.ts';
import { namespaceOf } from './service-account.ts';

const NAME = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Every active namespace has the ConfigMap `kube-root-ca.crt` with the cluster's CA. */
export function rootCaPublisher({ client, cache }: ControllerParts, caPem: string): Reconciler {
  return {
    name: 'root-ca-certificate-publisher-controller',
    watches: [
      { kind: NAMESPACE },
      { kind: CONFIG_MAP, keysOf: (object) => (object.metadata.name === NAME ? namespaceOf(object) : []) },
    ],
    async reconcile({ name: namespaceName }) {
      const namespace = cache.get(NAMESPACE, { namespace: '', name: namespaceName });
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      const there = cache.get(CONFIG_MAP, { namespace: namespaceName, name: NAME });
      if (there?.data?.['ca.crt'] === caPem) return;
      const wanted: ConfigMap = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          ...there?.metadata,
          name: NAME,
          namespace: namespaceName,
          annotations: { ...there?.metadata.annotations, 'kubernetes.io/description': DESCRIPTION },
        },
        data: { 'ca.crt': caPem },
      };
      const write = there ? client.update(CONFIG_MAP, wanted) : client.create(CONFIG_MAP, wanted);
      await ignoring(['AlreadyExists', 'NotFound', 'Conflict'], write);
    },
  };
}
