import { isIPv4, isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { SERVICE_NAME_LABEL } from '../../../api/kinds/endpoint-slice/names.ts';
import { hasSelector } from '../../../api/kinds/service/traits.ts';
import type { EndpointSlice, Endpoints, Service } from '../../../api/types.ts';
import { type Endpoint, LAST_CHANGE_ANNOTATION, MANAGED_BY_LABEL, type SliceAction } from '../endpointslice/plan.ts';
import { controllerReference } from '../workload/owner.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

export const MIRROR_MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_LABEL = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';
const LAST_APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
/** Of one subset; kube-controller-manager's --mirroring-max-endpoints-per-subset. */
const MAX_MIRRORED = 1000;

/** Is it somebody's own Endpoints that need slices, since consumers read nothing else? Source: KEP-0752, "Mirroring". */
export function isMirrored(endpoints: Endpoints | undefined, service: Service | undefined): endpoints is Endpoints {
  if (!endpoints || !service || hasSelector(service.spec) || endpoints.metadata.deletionTimestamp) return false;
  const { labels, annotations } = endpoints.metadata;
  return labels?.[SKIP_LABEL] !== 'true' && annotations?.[LEADER_ANNOTATION] === undefined;
}

/** Decides what makes the mirrored slices say what the Endpoints say; empty when they do. One slice per subset and address family. */
export function planMirror(endpoints: Endpoints, slices: readonly EndpointSlice[]): SliceAction[] {
  const wanted = (endpoints.subsets ?? []).flatMap((subset) => mirror(endpoints, subset));
  const free = [...slices];
  const actions = wanted.flatMap((slice): SliceAction[] => {
    const at = free.findIndex((there) => hasSameContent(there, slice));
    if (at >= 0) {
      free.splice(at, 1);
      return [];
    }
    const changed = free.findIndex((there) => there.addressType === slice.addressType);
    const [old] = changed < 0 ? [] : free.splice(changed, 1);
    if (!old) return [{ do: 'create', slice }];
    const { name, resourceVersion, uid } = old.metadata;
    return [{ do: 'update', slice: { ...slice, metadata: { ...slice.metadata, name, resourceVersion, uid } } }];
  });
  return [...actions, ...free.map((slice) => ({ do: 'delete', slice }) as const)];
}

function mirror(endpoints: Endpoints, { addresses = [], notReadyAddresses = [], ports = [] }: Subset): EndpointSlice[] {
  const all = [
    ...addresses.map((address) => endpointOf(address, true)),
    ...notReadyAddresses.map((address) => endpointOf(address, false)),
  ].slice(0, MAX_MIRRORED);
  const families = [
    ['IPv4', isIPv4],
    ['IPv6', isIPv6],
  ] as const;
  return families.flatMap(([addressType, isOfFamily]) => {
    const own = all.filter(({ addresses: [first = ''] }) => isOfFamily(first));
    if (own.length === 0) return [];
    const slicePorts = ports.map(({ name = '', ...port }) => ({ name, ...port }));
    return [{ ...sliceTemplate(endpoints), addressType, endpoints: own, ports: slicePorts }];
  });
}

function sliceTemplate(endpoints: Endpoints): Omit<EndpointSlice, 'addressType'> {
  const { name, namespace, labels, annotations = {} } = endpoints.metadata;
  const { [LAST_APPLIED_ANNOTATION]: _, [LAST_CHANGE_ANNOTATION]: lastChange, ...own } = annotations;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, [SERVICE_NAME_LABEL]: name, [MANAGED_BY_LABEL]: MIRROR_MANAGER },
      annotations: { ...own, ...(lastChange ? { [LAST_CHANGE_ANNOTATION]: lastChange } : {}) },
      ownerReferences: [controllerReference(endpoints)],
    },
  } as Omit<EndpointSlice, 'addressType'>;
}

function endpointOf({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  };
}

function hasSameContent(there: EndpointSlice, wanted: EndpointSlice): boolean {
  const content = ({ addressType, endpoints, ports, metadata: { labels } }: EndpointSlice) =>
    JSON.parse(JSON.stringify([addressType, endpoints ?? [], ports ?? [], labels]));
  return isDeepStrictEqual(content(there), content(wanted));
}
