import type { EndpointSlice } from '../../api/types.ts';

/** What a pod is to Services: new connections go to it, they go elsewhere if they can, or they never come. */
export type EndpointRole = 'serving' | 'leaving' | 'none';

/** What the pod of an address is to all Services together. */
export function endpointRole(slices: Iterable<EndpointSlice>, ip: string): EndpointRole {
  let role: EndpointRole = 'none';
  for (const { endpoints } of slices) {
    for (const { addresses, conditions } of endpoints ?? []) {
      if (!addresses.includes(ip)) continue;
      const isReady = conditions?.ready ?? true;
      // Services that publish what is not ready go on calling it ready.
      if (isReady && !conditions?.terminating) return 'serving';
      if (isReady || conditions?.serving) role = 'leaving';
    }
  }
  return role;
}

/** The roles of pods, and word of when they may have changed. */
export function endpointRoles(uplink: {
  readonly endpointSlices: ReadonlyMap<string, EndpointSlice>;
  onServices(listener: () => void): () => void;
}) {
  return {
    roleOf: (ip: string) => endpointRole(uplink.endpointSlices.values(), ip),
    subscribe: (listener: () => void) => uplink.onServices(listener),
  };
}
