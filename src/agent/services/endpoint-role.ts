import type { EndpointSlice } from '../../api/types.ts';
import type { EndpointsProgress, ServiceSources } from '../assignments.ts';

/** What a pod is to Services: new connections go to it, they go elsewhere if they can, or they never come. */
export type EndpointRole = 'serving' | 'leaving' | 'none';

/** The same, and how far the news of it has come. */
export interface Standing {
  readonly role: EndpointRole;
  readonly progress: EndpointsProgress;
}

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

/** What Services make of pods, and word of when that may have changed. */
export interface Standings {
  of(ip: string): Standing;
  subscribe(listener: () => void): () => void;
}

export function standings(
  sources: Pick<ServiceSources, 'endpointSlices' | 'endpoints' | 'onServices' | 'onProgress'>,
): Standings {
  return {
    of: (ip) => ({ role: endpointRole(sources.endpointSlices.values(), ip), progress: sources.endpoints }),
    subscribe: (listener) => {
      const ends = [sources.onServices(listener), sources.onProgress(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
