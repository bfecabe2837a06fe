import { isHeadless } from '../../api/kinds/service/traits.ts';
import type { Pod, Service } from '../../api/types.ts';

/** Every pod is told of the API, whatever it says of links. */
const MASTER = { namespace: 'default', name: 'kubernetes' };

/**
 * The variables that tell a container of the Services that are there when it starts: those of its namespace, unless
 * `enableServiceLinks` is false, and the API's own. Source: kubelet, getServiceEnvVarMap and envvars.FromServices.
 */
export function serviceLinks(services: Iterable<Service>, { metadata, spec }: Pod): Map<string, string> {
  const linked = new Map<string, Service>();
  for (const service of services) {
    const { name, namespace } = service.metadata;
    if (!service.spec.clusterIP || isHeadless(service.spec)) continue;
    // A Service `kubernetes` of the pod's own namespace hides the API's.
    if (namespace === metadata.namespace && spec.enableServiceLinks !== false) linked.set(name, service);
    else if (namespace === MASTER.namespace && name === MASTER.name && !linked.has(name)) linked.set(name, service);
  }
  return new Map([...linked.values()].flatMap(variablesOf));
}

function variablesOf({ metadata, spec: { clusterIP, ports = [] } }: Service): [string, string][] {
  const prefix = variableName(metadata.name);
  const [first] = ports;
  const named = ports.filter(({ name }) => name);
  return [
    [`${prefix}_SERVICE_HOST`, clusterIP ?? ''],
    [`${prefix}_SERVICE_PORT`, String(first?.port ?? '')],
    ...named.map(({ name = '', port }): [string, string] => [
      `${prefix}_SERVICE_PORT_${variableName(name)}`,
      String(port),
    ]),
    ...ports.flatMap(({ port, protocol = 'TCP' }, index): [string, string][] => {
      const url = `${protocol.toLowerCase()}://${clusterIP}:${port}`;
      const portPrefix = `${prefix}_PORT_${port}_${protocol}`;
      return [
        // Docker's links had one port: the first stands for it.
        ...(index === 0 ? [[`${prefix}_PORT`, url] as [string, string]] : []),
        [portPrefix, url],
        [`${portPrefix}_PROTO`, protocol.toLowerCase()],
        [`${portPrefix}_PORT`, String(port)],
        [`${portPrefix}_ADDR`, clusterIP ?? ''],
      ];
    }),
  ];
}

function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
