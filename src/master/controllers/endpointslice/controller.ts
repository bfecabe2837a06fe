import { ENDPOINT_SLICE } from '../../../api/kinds/endpoint-slice.ts';
import { NODE } from '../../../api/kinds/node.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import { keyOf } from '../../../api/registry.ts';
import type { ResourceClient } from '../../resource-client.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { followsPods, servicesOfPod } from '../service-endpoints/pods.ts';
import { type SlicesOf, serviceOfSlice } from '../service-endpoints/slices.ts';
import { MANAGED_BY_LABEL, MANAGER, plan, type SliceAction } from './plan.ts';

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** Keeps the EndpointSlices of every Service with a selector as its pods are. */
export function endpointSliceController({ client, cache }: ControllerParts, slicesOf: SlicesOf): Reconciler {
  const zoneOf = (nodeName: string) =>
    cache.get(NODE, { namespace: '', name: nodeName })?.metadata.labels?.[ZONE_LABEL];
  return {
    name: 'endpointslice-controller',
    watches: [
      { kind: SERVICE },
      { kind: POD, keysOf: servicesOfPod(cache) },
      {
        kind: ENDPOINT_SLICE,
        keysOf: (slice, previous) => [slice, previous].flatMap((one) => (one ? serviceOfSlice(one) : [])),
      },
    ],
    async reconcile(key) {
      const service = cache.get(SERVICE, key);
      const slices = slicesOf(key).filter(({ metadata }) => metadata.labels?.[MANAGED_BY_LABEL] === MANAGER);
      if (!service || service.metadata.deletionTimestamp) return undefined; // its slices are the garbage collector's
      const actions = followsPods(service)
        ? plan(service, { pods: cache.list(POD, key.namespace), slices }, zoneOf)
        : slices.map((slice): SliceAction => ({ do: 'delete', slice }));
      for (const action of actions) await performSliceAction(client, action);
      return undefined;
    },
  };
}

/** What has changed or gone meanwhile wakes the controller again. */
export async function performSliceAction(client: ResourceClient, action: SliceAction): Promise<void> {
  switch (action.do) {
    case 'create':
      await ignoring(['NotFound', 'Forbidden'], client.create(ENDPOINT_SLICE, action.slice));
      return;
    case 'update':
      await ignoring(['NotFound', 'Conflict'], client.update(ENDPOINT_SLICE, action.slice));
      return;
    case 'delete':
      await ignoring(['NotFound'], client.delete(ENDPOINT_SLICE, keyOf(action.slice)));
      return;
  }
}
