import type { EndpointSlice, Pod, Service } from '../../../src/api/types.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import type { Lab } from '../../../test/lab/lab.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
/** Of the cluster's own, which is no workload's. */
const API_SERVICE = 'kubernetes';
/** Enough that an endpoint of three that is gone is hit, but for one look in two hundred. */
const ASKED = 13;

/** A Service as the API and each node have it. */
export interface ServiceLook {
  readonly name: string;
  /** Ready addresses of its slices. */
  readonly endpoints: readonly string[];
  /** By node: who answered there on the Service's address, a name for each time it was asked; '' for none. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
}

/** Looks at all Services of workloads, and asks each from every node. @throws Error while the API is away */
export async function observeServices(lab: Lab): Promise<ServiceLook[]> {
  const services = (await lab.api.get<{ items: Service[] }>(SERVICES)).items;
  const slices = (await lab.api.get<{ items: EndpointSlice[] }>(SLICES)).items;
  const names = new Set([...services.map(({ metadata }) => metadata.name), ...slices.map(serviceOf)]);
  names.delete(API_SERVICE);
  const looks: ServiceLook[] = [];
  for (const name of names) {
    const endpoints = slices
      .filter((slice) => serviceOf(slice) === name)
      .flatMap((slice) => (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false))
      .flatMap(({ addresses }) => addresses);
    const address = services.find(({ metadata }) => metadata.name === name)?.spec.clusterIP;
    looks.push({ name, endpoints, answers: endpoints.length > 0 && address ? await askAll(lab, address) : new Map() });
  }
  return looks;
}

async function askAll(lab: Lab, address: string): Promise<Map<string, string[]>> {
  const script = 'i=0; while [ $i -lt $2 ]; do curl -s -m 2 "http://$1/" || echo; i=$((i + 1)); done';
  const asked = lab.nodes.map(async (host) => {
    const text = await host.run('sh', ['-c', script, 'sh', address, String(ASKED)]);
    return [host.name, text.trimEnd().split('\n')] as const;
  });
  return new Map(await Promise.all(asked));
}

function serviceOf({ metadata }: EndpointSlice): string {
  return metadata.labels?.['kubernetes.io/service-name'] ?? '';
}

/** What is wrong with the Services of workloads, a sentence for each. @param wanted names, each also the `app` of its pods */
export function serviceViolations(
  wanted: ReadonlySet<string>,
  pods: readonly Pod[],
  looks: readonly ServiceLook[],
): string[] {
  const there = new Set(looks.map(({ name }) => name));
  return [
    ...[...wanted].filter((name) => !there.has(name)).map((name) => `Service ${name} is missing`),
    ...looks.flatMap((look) => {
      const own = pods.filter((pod) => pod.metadata.labels?.app === look.name && isReady(pod));
      return wanted.has(look.name) ? ownViolations(look, own) : [`Service ${look.name}, which was deleted, is there`];
    }),
  ];
}

function ownViolations({ name, endpoints, answers }: ServiceLook, pods: readonly Pod[]): string[] {
  const [is, should] = [endpoints, pods.map(({ status }) => status?.podIP ?? '')].map((all) =>
    [...all].sort().join(' '),
  );
  const known = new Set(pods.map(({ metadata }) => metadata.name));
  const unanswered = [...answers].flatMap(([node, names]) => {
    const wrong = names.filter((each) => !known.has(each)).length;
    return wrong === 0
      ? []
      : [`Service ${name}: ${wrong} of ${names.length} connections from ${node} reach no pod of it`];
  });
  return is === should ? unanswered : [`Service ${name} has endpoints ${is}, its pods are ${should}`, ...unanswered];
}
