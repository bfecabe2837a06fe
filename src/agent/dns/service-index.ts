import { isIPv4 } from 'node:net';
import { SERVICE_NAME_LABEL } from '../../api/kinds/endpoint-slice/names.ts';
import { isHeadless } from '../../api/kinds/service/traits.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';

/** An endpoint that has a name under its headless Service. */
export interface NamedEndpoint {
  readonly ip: string;
  /** The pod's hostname, or its address with dashes: `10-42-1-2`. */
  readonly host: string;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
}

/** Services and their endpoints as names ask for them. What costs a look at all of them is made when it is first asked for. */
export class ServiceIndex {
  readonly #services: ReadonlyMap<string, Service>;
  readonly #slices: ReadonlyMap<string, readonly EndpointSlice[]>;
  #reverse: ReadonlyMap<string, readonly string[]> | undefined;
  #namespaces: ReadonlySet<string> | undefined;

  /** @param services by `namespace/name` */
  constructor(services: ReadonlyMap<string, Service>, slices: Iterable<EndpointSlice>) {
    this.#services = services;
    this.#slices = Map.groupBy(
      slices,
      ({ metadata }) => `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME_LABEL]}`,
    );
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.get(`${namespace}/${name}`);
  }

  hasNamespace(namespace: string): boolean {
    this.#namespaces ??= new Set([...this.#services.values()].map(({ metadata }) => metadata.namespace ?? ''));
    return this.#namespaces.has(namespace);
  }

  /** The ready endpoints of a headless Service. */
  endpoints({ metadata }: Service): NamedEndpoint[] {
    const slices = this.#slices.get(`${metadata.namespace}/${metadata.name}`) ?? [];
    return slices
      .filter(({ addressType }) => addressType === 'IPv4')
      .flatMap(({ endpoints, ports }) =>
        (endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready ?? true)
          .flatMap(({ addresses, hostname }) =>
            addresses.slice(0, 1).map((ip) => ({
              ip,
              host: hostname ?? ip.replaceAll('.', '-'),
              ports: (ports ?? []).map(({ name = '', protocol = 'TCP', port = 0 }) => ({ name, protocol, port })),
            })),
          ),
      );
  }

  /** Names of an address, without the zone: `web.default.svc`; of an endpoint only where it has a hostname of its own. */
  namesOf(ip: string): readonly string[] {
    this.#reverse ??= this.#buildReverse();
    return this.#reverse.get(ip) ?? [];
  }

  #buildReverse(): Map<string, string[]> {
    const names = new Map<string, string[]>();
    const add = (ip: string, name: string) => names.set(ip, [...(names.get(ip) ?? []), name]);
    for (const service of this.#services.values()) {
      const { spec, metadata } = service;
      const base = `${metadata.name}.${metadata.namespace}.svc`;
      for (const ip of (spec.clusterIPs ?? []).filter(isIPv4)) add(ip, base);
      if (isHeadless(spec)) for (const { ip, host } of this.endpoints(service)) add(ip, `${host}.${base}`);
    }
    return names;
  }
}
