import { SERVICE_NAME_LABEL } from '../../../api/kinds/endpoint-slice/names.ts';
import { ENDPOINT_SLICE } from '../../../api/kinds/endpoint-slice.ts';
import { keyOf, keyText, type ObjectKey } from '../../../api/registry.ts';
import type { EndpointSlice, KubeObject } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';

/** All slices of a Service, by name, whoever manages them. */
export type SlicesOf = (service: ObjectKey) => readonly EndpointSlice[];

/** The Service that a slice is for. */
export function serviceOfSlice({ metadata }: KubeObject): ObjectKey[] {
  const name = metadata.labels?.[SERVICE_NAME_LABEL];
  return name ? [{ namespace: metadata.namespace ?? '', name }] : [];
}

/** Keeps apart what belongs to each Service: of thousands in a namespace each would otherwise look at the slices of all. */
export function slicesByService(cache: ObjectCache): SlicesOf {
  const byService = new Map<string, Map<string, EndpointSlice>>();
  const drop = (slice: EndpointSlice) => {
    for (const service of serviceOfSlice(slice).map(keyText)) {
      const slices = byService.get(service);
      slices?.delete(keyText(keyOf(slice)));
      if (slices?.size === 0) byService.delete(service);
    }
  };
  const add = (slice: EndpointSlice) => {
    for (const service of serviceOfSlice(slice).map(keyText)) {
      const slices = byService.get(service) ?? new Map<string, EndpointSlice>();
      byService.set(service, slices.set(keyText(keyOf(slice)), slice));
    }
  };
  // Never ended: it lives as long as the cache.
  cache.subscribe(ENDPOINT_SLICE, (change) => {
    if (change.type !== 'added') drop(change.type === 'modified' ? change.previous : change.object);
    if (change.type !== 'deleted') add(change.object);
  });
  return (service) =>
    [...(byService.get(keyText(service)) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, slice]) => slice);
}
