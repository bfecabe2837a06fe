import type { EndpointSlice } from '../../api/types.ts';
import type { Backend } from '../../lib/ingress/backend.ts';
import { servingTargets } from '../services/service-port.ts';
import type { Server } from './slots.ts';

/** A backend, and the pods behind it now. */
export interface ProxyBackend extends Backend {
  readonly name: string;
  /** In one order. */
  readonly servers: readonly Server[];
}

/**
 * Puts the pods to backends: those that are ready or, while there is none, those that serve though they terminate, as Services do.
 * One that leads out of the cluster has none.
 */
export function proxyBackends(backends: ReadonlyMap<string, Backend>, slices: Iterable<EndpointSlice>): ProxyBackend[] {
  const bySlice = [...slices];
  return [...backends]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, backend]) => ({ ...backend, name, servers: serversOf(backend, bySlice) }));
}

function serversOf({ namespace, service, portName }: Backend, slices: readonly EndpointSlice[]): Server[] {
  if (portName === undefined) return [];
  return servingTargets(slices, { namespace, service, portName }).map(({ ip, port }) => ({ ip, port }));
}
