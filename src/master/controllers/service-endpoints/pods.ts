import { hasSelector, isHeadless } from '../../../api/kinds/service/traits.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import { labelMapMatcher } from '../../../api/meta/labels.ts';
import { keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { KubeObject, Pod, Service, ServicePort } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { isPodReady } from '../workload/pod-state.ts';

/** A port of a Service as one pod serves it. */
export interface ResolvedPort {
  readonly name: string;
  readonly protocol: 'SCTP' | 'TCP' | 'UDP';
  readonly port: number;
  readonly appProtocol?: string;
}

/** Has this Service endpoints that follow its selector? Without a selector somebody else writes them. */
export function followsPods({ metadata, spec }: Service): boolean {
  return !metadata.deletionTimestamp && spec.type !== 'ExternalName' && hasSelector(spec);
}

/** The pods that a Service may send to: selected, with an address, and not finished. Terminating ones are among them. */
export function endpointPods({ spec }: Service, pods: readonly Pod[]): Pod[] {
  const selector = labelMapMatcher(spec.selector);
  return pods.filter(
    ({ metadata, status }) =>
      status?.podIP && status.phase !== 'Failed' && status.phase !== 'Succeeded' && selector.matches(metadata.labels),
  );
}

/** Source: discovery.k8s.io/v1, EndpointConditions; publishNotReadyAddresses makes every endpoint ready. */
export function conditionsOf(pod: Pod, { spec }: Service) {
  const serving = isPodReady(pod);
  const terminating = Boolean(pod.metadata.deletionTimestamp);
  return { ready: Boolean(spec.publishNotReadyAddresses) || (serving && !terminating), serving, terminating };
}

/** A name of its own in the Service's domain: of a pod that asks for one and names this Service as its subdomain. */
export function hostnameOf({ spec, metadata }: Pod, service: Service): string | undefined {
  const isOurs = spec.subdomain === service.metadata.name && metadata.namespace === service.metadata.namespace;
  return isOurs ? spec.hostname || undefined : undefined;
}

/** The Service's ports as this pod has them; one whose target has a name that no container gives is left out. */
export function portsOf({ spec }: Service, pod: Pod): ResolvedPort[] {
  return (spec.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, protocol, port: number, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

/** A headless Service may have no ports: its endpoints are addresses for DNS alone. */
export function hasEndpointsWithoutPorts({ spec }: Service): boolean {
  return isHeadless(spec) && (spec.ports ?? []).length === 0;
}

function targetPort({ port, targetPort: target, protocol = 'TCP' }: ServicePort, { spec }: Pod): number | undefined {
  if (target === undefined || target === 0) return port;
  if (typeof target === 'number') return target;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars]
    .flatMap(({ ports = [] }) => ports)
    .find((each) => each.name === target && (each.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** Keys of the Services that a change of this pod concerns: those that select it, or did. */
export function servicesOfPod(cache: ObjectCache): (pod: KubeObject, previous: KubeObject | undefined) => ObjectKey[] {
  return ({ metadata }, previous) =>
    cache
      .list(SERVICE, metadata.namespace ?? '')
      .filter(({ spec }) => {
        const selector = labelMapMatcher(spec.selector);
        return selector.matches(metadata.labels) || (previous && selector.matches(previous.metadata.labels));
      })
      .map(keyOf);
}

/** The newest moment at which one of these pods became ready or unready, or the Service was made: what caused the change. */
export function lastChangeTrigger(service: Service, pods: readonly Pod[]): string | undefined {
  const times = pods.flatMap(({ status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.lastTransitionTime ? [ready.lastTransitionTime] : [];
  });
  return [...times, service.metadata.creationTimestamp ?? ''].sort().at(-1) || undefined;
}
