import { isDeepStrictEqual } from 'node:util';
import { isHeadless } from '../../../api/kinds/service/traits.ts';
import type { Endpoints, Pod, Service } from '../../../api/types.ts';
import { HEADLESS_LABEL, LAST_CHANGE_ANNOTATION } from '../endpointslice/plan.ts';
import {
  conditionsOf,
  endpointPods,
  hasEndpointsWithoutPorts,
  hostnameOf,
  lastChangeTrigger,
  portsOf,
} from '../service-endpoints/pods.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

export const ENDPOINTS_MANAGED_BY_LABEL = 'endpoints.kubernetes.io/managed-by';
export const ENDPOINTS_MANAGER = 'endpoint-controller';
const OVER_CAPACITY_ANNOTATION = 'endpoints.kubernetes.io/over-capacity';
/** More than that are cut off, ready ones last. */
const MAX_ADDRESSES = 1000;

interface Entry {
  readonly port: Port | undefined;
  readonly address: Address;
  readonly isReady: boolean;
}

/**
 * The Endpoints that a Service with a selector must have; the object that is there when nothing but the trigger's time would change.
 * Source: core/v1 Endpoints; kube-controller-manager's endpoints controller and its RepackSubsets.
 */
export function desiredEndpoints(service: Service, pods: readonly Pod[], current: Endpoints | undefined): Endpoints {
  // Who publishes what is not ready wants terminating pods, too (k8s.io/endpointslice/util, ShouldPodBeInEndpoints).
  const withTerminating = service.spec.publishNotReadyAddresses === true;
  const all = endpointPods(service, pods).filter(({ metadata }) => withTerminating || !metadata.deletionTimestamp);
  const shown = limited(all, service);
  const subsets = repack(shown.flatMap((pod) => entriesOf(pod, service)));
  const lastChange = lastChangeTrigger(service, all);
  const labels = {
    ...service.metadata.labels,
    [ENDPOINTS_MANAGED_BY_LABEL]: ENDPOINTS_MANAGER,
    ...(isHeadless(service.spec) ? { [HEADLESS_LABEL]: '' } : {}),
  };
  if (current && isSame(current, subsets, labels)) return current;
  const { [OVER_CAPACITY_ANNOTATION]: _, ...annotations } = current?.metadata.annotations ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...current?.metadata,
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      labels,
      annotations: {
        ...annotations,
        ...(shown.length < all.length ? { [OVER_CAPACITY_ANNOTATION]: 'truncated' } : {}),
        ...(lastChange ? { [LAST_CHANGE_ANNOTATION]: lastChange } : {}),
      },
    },
    ...(subsets.length > 0 ? { subsets } : {}),
  };
}

function isSame({ metadata, subsets = [] }: Endpoints, wanted: readonly Subset[], labels: object): boolean {
  return isDeepStrictEqual(metadata.labels ?? {}, labels) && isDeepStrictEqual(subsets, wanted);
}

function limited(pods: readonly Pod[], service: Service): readonly Pod[] {
  if (pods.length <= MAX_ADDRESSES) return pods;
  const rank = (pod: Pod) => (conditionsOf(pod, service).ready ? 0 : 1);
  return pods.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_ADDRESSES);
}

function entriesOf(pod: Pod, service: Service): Entry[] {
  const address = addressOf(pod, service);
  const isReady = conditionsOf(pod, service).ready;
  if (hasEndpointsWithoutPorts(service)) return [{ port: undefined, address, isReady }];
  return portsOf(service, pod).map(({ name, ...port }) => ({
    port: { ...(name ? { name } : {}), ...port },
    address,
    isReady,
  }));
}

function addressOf(pod: Pod, service: Service): Address {
  const { name, namespace, uid } = pod.metadata;
  const hostname = hostnameOf(pod, service);
  return {
    ip: pod.status?.podIP ?? '',
    ...(hostname ? { hostname } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** Addresses with the same ports become one subset; everything in one order, so that equal ones compare equal. */
function repack(entries: readonly Entry[]): Subset[] {
  const byAddress = Map.groupBy(
    entries,
    ({ address, isReady }) => `${address.targetRef?.uid} ${address.ip} ${isReady}`,
  );
  const subsets = new Map<string, { ports: Port[]; ready: Address[]; notReady: Address[] }>();
  for (const [first, ...others] of byAddress.values()) {
    if (!first) continue;
    const ports = [first, ...others].flatMap(({ port }) => (port ? [port] : [])).sort(byText);
    const key = JSON.stringify(ports);
    const subset = subsets.get(key) ?? { ports, ready: [], notReady: [] };
    subsets.set(key, subset);
    (first.isReady ? subset.ready : subset.notReady).push(first.address);
  }
  const ordered = [...subsets].sort(([a], [b]) => (a < b ? -1 : 1));
  return ordered.map(([, { ports, ready, notReady }]) => ({
    ...(ready.length > 0 ? { addresses: ready.sort(byText) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.sort(byText) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  }));
}

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
