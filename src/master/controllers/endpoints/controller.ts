import { ENDPOINTS } from '../../../api/kinds/endpoints.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { followsPods, servicesOfPod } from '../service-endpoints/pods.ts';
import { desiredEndpoints, ENDPOINTS_MANAGED_BY_LABEL, ENDPOINTS_MANAGER } from './plan.ts';

/** Keeps the Endpoints of every Service with a selector as its pods are; they bear the Service's name. */
export function endpointsController({ client, cache }: ControllerParts): Reconciler {
  return {
    name: 'endpoints-controller',
    watches: [{ kind: SERVICE }, { kind: ENDPOINTS }, { kind: POD, keysOf: servicesOfPod(cache) }],
    async reconcile(key) {
      const service = cache.get(SERVICE, key);
      const current = cache.get(ENDPOINTS, key);
      if (!service) {
        // They have no owner that the garbage collector would know of; those that somebody else wrote are left.
        const isOurs = current?.metadata.labels?.[ENDPOINTS_MANAGED_BY_LABEL] === ENDPOINTS_MANAGER;
        if (isOurs) await ignoring(['NotFound'], client.delete(ENDPOINTS, key));
        return undefined;
      }
      if (!followsPods(service)) return undefined;
      const wanted = desiredEndpoints(service, cache.list(POD, key.namespace), current);
      if (wanted === current) return undefined;
      const write = current ? client.update(ENDPOINTS, wanted) : client.create(ENDPOINTS, wanted);
      await ignoring(['AlreadyExists', 'NotFound', 'Conflict', 'Forbidden'], write);
      return undefined;
    },
  };
}
