import type { EndpointSlice, Service } from '../../../src/api/types.ts';
import type { ApiConnection } from '../../lib/api-connection.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const DOMAIN = 'default.svc.cluster.local';
const SERVICE_COUNT = 100;
const HEADLESS = 'db';
const HEADLESS_ADDRESSES = ['10.42.200.1', '10.42.200.2', '10.42.200.3'];

/** What is asked for. */
export interface Question {
  readonly title: string;
  readonly names: readonly string[];
  readonly code: 'NOERROR' | 'NXDOMAIN';
}

const serviceNames = Array.from({ length: SERVICE_COUNT }, (_, i) => `svc-${i}`);

/** @param known a name that the node's own resolver answers */
export function questions(known: string): Question[] {
  return [
    { title: 'ClusterIP name', names: serviceNames.map((name) => `${name}.${DOMAIN}`), code: 'NOERROR' },
    { title: 'headless name, 3 endpoints', names: [`${HEADLESS}.${DOMAIN}`], code: 'NOERROR' },
    {
      title: 'miss of the search path',
      names: [DOMAIN, 'svc.cluster.local', 'cluster.local'].map((domain) => `www.example.com.${domain}`),
      code: 'NXDOMAIN',
    },
    { title: 'name of the outside, remembered', names: [known], code: 'NOERROR' },
  ];
}

/** Makes the Services. @returns the same as /etc/hosts has it */
export async function createNames(api: ApiConnection): Promise<string> {
  const lines: string[] = [];
  for (const name of serviceNames) {
    const body = { metadata: { name }, spec: { ports: [{ port: 80 }] } };
    const { spec } = await api.json<Service>('POST', SERVICES, { body });
    lines.push(`${spec.clusterIP} ${name}.${DOMAIN}`);
  }
  const headless = { metadata: { name: HEADLESS }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } };
  await api.json('POST', SERVICES, { body: headless });
  await api.json<EndpointSlice>('POST', SLICES, {
    body: {
      metadata: { name: HEADLESS, labels: { 'kubernetes.io/service-name': HEADLESS } },
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints: HEADLESS_ADDRESSES.map((address) => ({ addresses: [address] })),
    },
  });
  return `${[...lines, ...HEADLESS_ADDRESSES.map((ip) => `${ip} ${HEADLESS}.${DOMAIN}`)].join('\n')}\n`;
}
