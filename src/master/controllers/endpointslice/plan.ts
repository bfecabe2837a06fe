import { isDeepStrictEqual } from 'node:util';
import { SERVICE_NAME_LABEL } from '../../../api/kinds/endpoint-slice/names.ts';
import { isHeadless } from '../../../api/kinds/service/traits.ts';
import type { EndpointSlice, Pod, Service } from '../../../api/types.ts';
import {
  conditionsOf,
  endpointPods,
  hostnameOf,
  lastChangeTrigger,
  portsOf,
  type ResolvedPort,
} from '../service-endpoints/pods.ts';
import { controllerReference } from '../workload/owner.ts';

export type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];

export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';
export const LAST_CHANGE_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';
export const MANAGER = 'endpointslice-controller.k8s.io';

/** kube-controller-manager's --max-endpoints-per-slice. */
export const MAX_ENDPOINTS = 100;

export type SliceAction =
  | { readonly do: 'create' | 'update'; readonly slice: EndpointSlice }
  | { readonly do: 'delete'; readonly slice: EndpointSlice };

/** Endpoints that share their ports: what a named target port is may differ from pod to pod. */
interface Group {
  readonly ports: readonly ResolvedPort[];
  readonly endpoints: readonly Endpoint[];
}

/**
 * Decides what brings the slices of one Service to what its pods are, with as few writes as it takes; empty when they are.
 * @param slices those that this controller manages for the Service
 * @param zoneOf the zone of a node; undefined when it has none
 */
export function plan(
  service: Service,
  observed: { readonly pods: readonly Pod[]; readonly slices: readonly EndpointSlice[] },
  zoneOf: (nodeName: string) => string | undefined,
): SliceAction[] {
  const pods = endpointPods(service, observed.pods);
  const groups = groupByPorts(service, pods, zoneOf);
  const template = sliceTemplate(service, lastChangeTrigger(service, pods));
  return distribute(groups, observed.slices, template);
}

/**
 * A pod that declares none of the named target ports is among them all the same, without ports: the names of a headless
 * Service lead to it. Source: k8s.io/endpointslice (reconciler.go; utils.go, getEndpointPorts).
 */
function groupByPorts(service: Service, pods: readonly Pod[], zoneOf: (node: string) => string | undefined): Group[] {
  const groups = new Map<string, { ports: ResolvedPort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    const ports = portsOf(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpointOf(pod, service, zoneOf));
  }
  return [...groups.values()];
}

function endpointOf(pod: Pod, service: Service, zoneOf: (node: string) => string | undefined): Endpoint {
  const { name, namespace, uid } = pod.metadata;
  const { nodeName } = pod.spec;
  const hostname = hostnameOf(pod, service);
  const zone = nodeName ? zoneOf(nodeName) : undefined;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: conditionsOf(pod, service),
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone ? { zone } : {}),
  };
}

/** All of a slice but its endpoints and ports. Source: EndpointSlice controller, "Ownership" and "Distribution" of its documentation. */
function sliceTemplate(service: Service, lastChange: string | undefined): EndpointSlice {
  const { name, namespace, labels = {} } = service.metadata;
  // The Service's own labels come along, but for those that say whose the slice is.
  const { [MANAGED_BY_LABEL]: _, [SERVICE_NAME_LABEL]: __, [HEADLESS_LABEL]: ___, ...own } = labels;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${name}-`,
      namespace,
      labels: {
        ...own,
        [SERVICE_NAME_LABEL]: name,
        [MANAGED_BY_LABEL]: MANAGER,
        ...(isHeadless(service.spec) ? { [HEADLESS_LABEL]: '' } : {}),
      },
      ...(lastChange ? { annotations: { [LAST_CHANGE_ANNOTATION]: lastChange } } : {}),
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    endpoints: [],
    ports: [],
  };
}

function distribute(
  groups: readonly Group[],
  slices: readonly EndpointSlice[],
  template: EndpointSlice,
): SliceAction[] {
  const used = new Set<EndpointSlice>();
  const actions = groups.flatMap((group) => {
    const same = slices.filter((slice) => isDeepStrictEqual(normalPorts(slice.ports ?? []), normalPorts(group.ports)));
    for (const slice of same) used.add(slice);
    return fill(group, same, template);
  });
  const rest = slices.filter((slice) => !used.has(slice));
  if (groups.length > 0) return [...actions, ...rest.map((slice) => ({ do: 'delete', slice }) as const)];
  // A Service without endpoints has one slice that says so.
  const [placeholder, ...surplus] = rest;
  const empty = placeholder
    ? update(placeholder, { ...template, endpoints: [], ports: [] })
    : [{ do: 'create', slice: template } as const];
  return [...empty, ...surplus.map((slice) => ({ do: 'delete', slice }) as const)];
}

/** Endpoints stay where they are; new ones go where something changes anyway, then where there is room, then into new slices. */
function fill({ ports, endpoints }: Group, slices: readonly EndpointSlice[], template: EndpointSlice): SliceAction[] {
  const missing = new Map(endpoints.map((endpoint) => [identityOf(endpoint), endpoint]));
  const kept = slices.map((slice) => {
    const stay = (slice.endpoints ?? []).flatMap((old) => {
      const wanted = missing.get(identityOf(old));
      missing.delete(identityOf(old));
      return wanted ? [wanted] : [];
    });
    return { slice, endpoints: stay, isChanged: !isDeepStrictEqual(plain(stay), plain(slice.endpoints ?? [])) };
  });
  const added = [...missing.values()];
  for (const place of kept.toSorted((a, b) => Number(b.isChanged) - Number(a.isChanged))) {
    place.endpoints.push(...added.splice(0, MAX_ENDPOINTS - place.endpoints.length));
  }
  const content = { ...template, ports: [...ports] };
  const actions = kept.flatMap((place): SliceAction[] =>
    place.endpoints.length === 0
      ? [{ do: 'delete', slice: place.slice }]
      : update(place.slice, { ...content, endpoints: place.endpoints }),
  );
  while (added.length > 0) {
    actions.push({ do: 'create', slice: { ...content, endpoints: added.splice(0, MAX_ENDPOINTS) } });
  }
  return actions;
}

/** The slice with new content, unless it has that already; the trigger's time alone is no change. */
function update(slice: EndpointSlice, wanted: EndpointSlice): SliceAction[] {
  const { labels, ownerReferences, annotations } = wanted.metadata;
  const isSame =
    isDeepStrictEqual(plain(slice.endpoints ?? []), plain(wanted.endpoints ?? [])) &&
    isDeepStrictEqual(normalPorts(slice.ports ?? []), normalPorts(wanted.ports ?? [])) &&
    isDeepStrictEqual(slice.metadata.labels, labels);
  if (isSame) return [];
  const metadata = {
    ...slice.metadata,
    labels,
    ownerReferences,
    annotations: { ...slice.metadata.annotations, ...annotations },
  };
  return [{ do: 'update', slice: { ...slice, metadata, endpoints: wanted.endpoints, ports: wanted.ports } }];
}

/** One pod at one address; a pod that is made anew under its name is another. */
function identityOf({ targetRef, addresses }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses[0]}`;
}

/** Absent and undefined are one. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Defaults filled in, in one order. */
function normalPorts(ports: readonly Partial<ResolvedPort>[]): unknown {
  return ports
    .map(({ name = '', protocol = 'TCP', port, appProtocol }) => [name, protocol, port, appProtocol ?? ''])
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
