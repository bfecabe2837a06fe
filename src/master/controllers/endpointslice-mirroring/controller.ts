import { ENDPOINT_SLICE } from '../../../api/kinds/endpoint-slice.ts';
import { ENDPOINTS } from '../../../api/kinds/endpoints.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { performSliceAction } from '../endpointslice/controller.ts';
import { MANAGED_BY_LABEL, type SliceAction } from '../endpointslice/plan.ts';
import { type SlicesOf, serviceOfSlice } from '../service-endpoints/slices.ts';
import { isMirrored, MIRROR_MANAGER, planMirror } from './plan.ts';

/** Gives hand-made Endpoints of Services without a selector the slices that rules and DNS are made from. */
export function endpointSliceMirroringController({ client, cache }: ControllerParts, slicesOf: SlicesOf): Reconciler {
  return {
    name: 'endpointslice-mirroring-controller',
    watches: [{ kind: ENDPOINTS }, { kind: SERVICE }, { kind: ENDPOINT_SLICE, keysOf: serviceOfSlice }],
    async reconcile(key) {
      const endpoints = cache.get(ENDPOINTS, key);
      const slices = slicesOf(key).filter(({ metadata }) => metadata.labels?.[MANAGED_BY_LABEL] === MIRROR_MANAGER);
      const actions = isMirrored(endpoints, cache.get(SERVICE, key))
        ? planMirror(endpoints, slices)
        : slices.map((slice): SliceAction => ({ do: 'delete', slice }));
      for (const action of actions) await performSliceAction(client, action);
      return undefined;
    },
  };
}
