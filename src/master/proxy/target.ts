import { ApiError, badRequest, notFound } from '../../api/meta/errors.ts';
import type { EndpointSlice, Node, Pod, Service } from '../../api/types.ts';
import { isLoopbackAddress } from '../../lib/host-address.ts';
import type { ProxyName } from './place.ts';

/** The server that a request goes to. */
export interface Target {
  readonly scheme: 'http' | 'https';
  readonly nodeName: string;
  /** undefined: the node itself. */
  readonly pod: Pod | undefined;
  readonly address: string;
  readonly port: number;
}

/** The port of a node that kubelet would serve. */
const KUBELET_PORT = '10250';
const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Kubernetes refuses what would lead back to who dials (apimachinery, IsProxyableIP). */
function isProxyable(address: string): boolean {
  return (
    address !== '' &&
    !isLoopbackAddress(address) &&
    !/^(0\.0\.0\.0$|169\.254\.|2(2[4-9]|[3-5]\d)\.|fe80:|ff|::$)/i.test(address)
  );
}

function allowed(address: string): string {
  if (!isProxyable(address)) throw badRequest('address not allowed');
  return address;
}

/** @throws ApiError ServiceUnavailable in the words of Go's dialler */
function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port <= 65535) return port;
  throw new ApiError('ServiceUnavailable', `error trying to reach service: dial tcp: lookup tcp/${text}: unknown port`);
}

/** The port that is named, else the first that a container declares. @throws ApiError BadRequest for a pod without an address */
export function podTarget({ scheme, port }: ProxyName, pod: Pod): Target {
  const address = allowed(pod.status?.podIP ?? '');
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
  const chosen = port === '' ? (declared ?? DEFAULT_PORTS[scheme]) : portNumber(port);
  return { scheme, nodeName: pod.spec.nodeName ?? '', pod, address, port: chosen };
}

/**
 * A node is reached at a port that is named: what kubelet would answer on its own is not there.
 * @throws ApiError NotFound without a port, BadRequest for a node without an address
 */
export function nodeTarget({ scheme, name, port }: ProxyName, node: Node): Target {
  if (port === '' || port === KUBELET_PORT) {
    const detail = `node "${name}" serves no kubelet API; name a port of the node (nodes/${name}:PORT/proxy)`;
    throw new ApiError('NotFound', `the server could not find the requested resource: ${detail}`);
  }
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
  return { scheme, nodeName: name, pod: undefined, address: allowed(address), port: portNumber(port) };
}

export interface ServiceView {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  /** A pod of the service's namespace. */
  readonly pod: (name: string) => Pod | undefined;
  /** 0 to 1. */
  readonly random: () => number;
}

/**
 * A ready pod behind a port of a Service, by name or number. Endpoints that are no pods are passed over, as Kubernetes does:
 * whoever may write Endpoints must not send the API server anywhere.
 * @throws ApiError ServiceUnavailable when there is none.
 */
export function serviceTarget(
  { scheme, name, port }: ProxyName,
  { service, slices, pod, random }: ServiceView,
): Target {
  const portName = /^\d+$/.test(port) ? nameOfPort(service, Number(port)) : port;
  const targets = slices.flatMap(({ ports, endpoints }) => {
    const found = ports?.find((one) => (one.name ?? '') === portName)?.port;
    if (found === undefined) return [];
    return (endpoints ?? []).flatMap(({ addresses, conditions, targetRef }): Target[] => {
      const [address = ''] = addresses;
      const owner = targetRef?.kind === 'Pod' && conditions?.ready !== false ? pod(targetRef.name ?? '') : undefined;
      if (!owner?.spec.nodeName || !isProxyable(address) || !hasAddress(owner, address)) return [];
      return [{ scheme, nodeName: owner.spec.nodeName, pod: owner, address, port: found }];
    });
  });
  const target = targets[Math.floor(random() * targets.length)];
  if (target) return target;
  throw new ApiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`);
}

function nameOfPort({ metadata, spec }: Service, port: number): string {
  const found = spec.ports?.find((one) => one.port === port);
  if (found) return found.name ?? '';
  const name = JSON.stringify(metadata.name);
  throw new ApiError('ServiceUnavailable', `no service port ${port} found for service ${name}`);
}

function hasAddress({ status }: Pod, address: string): boolean {
  return status?.podIP === address || (status?.podIPs ?? []).some(({ ip }) => ip === address);
}

/** @throws ApiError NotFound */
export function present<T>(object: T | undefined, plural: string, name: string): T {
  if (object === undefined) throw notFound({ group: '', plural }, name);
  return object;
}
