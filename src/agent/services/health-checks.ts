import { SERVICE_NAME_LABEL } from '../../api/kinds/endpoint-slice/names.ts';
import { needsHealthCheckNodePort } from '../../api/kinds/service/traits.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';

/** What is answered on the health check node port of one Service. */
export interface HealthCheck {
  readonly service: Service;
  /** Ready endpoints on this node. */
  readonly localEndpoints: number;
}

/** By port: of the Services whose load balancer has to know which nodes lead somewhere (externalTrafficPolicy Local). */
export function healthChecks(
  services: Iterable<Service>,
  slices: Iterable<EndpointSlice>,
  nodeName: string,
): ReadonlyMap<number, HealthCheck> {
  const wanted = [...services].filter(({ spec }) => needsHealthCheckNodePort(spec) && spec.healthCheckNodePort);
  if (wanted.length === 0) return new Map();
  const byService = Map.groupBy(
    slices,
    (slice) => `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME_LABEL]}`,
  );
  return new Map(
    wanted.map((service): [number, HealthCheck] => {
      const { name, namespace } = service.metadata;
      const localEndpoints = countReady(byService.get(`${namespace}/${name}`) ?? [], nodeName);
      return [service.spec.healthCheckNodePort ?? 0, { service, localEndpoints }];
    }),
  );
}

function countReady(slices: readonly EndpointSlice[], ownNode: string): number {
  const ready = slices
    // Nothing goes to endpoints without a port.
    .filter(({ addressType, ports }) => addressType === 'IPv4' && ports?.length)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions, nodeName }) => nodeName === ownNode && (conditions?.ready ?? true));
  // Two slices may name an address while it moves between them.
  return new Set(ready.flatMap(({ addresses }) => addresses.slice(0, 1))).size;
}

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Source: kube-proxy, pkg/proxy/healthcheck (service_health.go): its headers and its text. */
export function answerOf({ service, localEndpoints }: HealthCheck, isProxyHealthy: boolean): HealthAnswer {
  const { name, namespace } = service.metadata;
  const facts = { service: { namespace, name }, localEndpoints, serviceProxyHealthy: isProxyHealthy };
  return {
    status: localEndpoints > 0 && isProxyHealthy ? 200 : 503,
    headers: {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': String(localEndpoints),
    },
    body: JSON.stringify(facts, undefined, '\t'),
  };
}
