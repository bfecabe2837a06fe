import { SERVICE_NAME_LABEL } from '../../api/kinds/endpoint-slice/names.ts';
import { ENDPOINT_SLICE } from '../../api/kinds/endpoint-slice.ts';
import { ENDPOINTS } from '../../api/kinds/endpoints.ts';
import { BRAMBLE_CLASS, INGRESS_CLASS } from '../../api/kinds/ingress-class.ts';
import { NAMESPACE } from '../../api/kinds/namespace.ts';
import { PRIORITY_CLASS, SYSTEM_PRIORITY_CLASSES } from '../../api/kinds/priority-class.ts';
import { SERVICE } from '../../api/kinds/service.ts';
import { DEFAULT_SERVICE_CIDR } from '../../api/kinds/service-cidr/names.ts';
import { SERVICE_CIDR } from '../../api/kinds/service-cidr.ts';
import { LOCAL_PATH_CLASS, STORAGE_CLASS } from '../../api/kinds/storage-class.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { KindDefinition } from '../../api/registry.ts';
import { keyOf } from '../../api/registry.ts';
import type { EndpointSlice, Endpoints, KubeObject, Service, ServiceCIDR } from '../../api/types.ts';
import type { ResourceClient } from '../resource-client.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Where the API is found from inside the cluster. */
export interface ApiAddress {
  /** `10.43.0.0/16` */
  readonly serviceCidr: string;
  /** First address of the service CIDR: `10.43.0.1`. */
  readonly serviceIp: string;
  /** The master's own address. */
  readonly ip: string;
  readonly port: number;
  /** Where every node answers for the cluster's names: `10.43.0.10`. */
  readonly dnsIp: string;
}

/** Makes what every cluster has from its first second: the system namespaces, priority classes, storage class and Ingress class, the range of Services, the Service `kubernetes` with its endpoints. */
export async function bootstrap(client: ResourceClient, api: ApiAddress): Promise<void> {
  for (const name of NAMESPACES) {
    await ensure(client, NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, () => true);
  }
  for (const priorityClass of SYSTEM_PRIORITY_CLASSES) await ensure(client, PRIORITY_CLASS, priorityClass, () => true);
  await ensure(client, STORAGE_CLASS, LOCAL_PATH_CLASS, () => true);
  await ensure(client, INGRESS_CLASS, BRAMBLE_CLASS, () => true);
  await ensure(client, SERVICE_CIDR, defaultServiceCidr(api), () => true);
  await ensure(client, SERVICE, kubernetesService(api), () => true);
  await ensure(client, SERVICE, dnsService(api), () => true);
  // Endpoints may not name a loopback address (Kubernetes' validation), and nobody but this machine could use it.
  if (api.ip.startsWith('127.')) return;
  await ensure(client, ENDPOINTS, kubernetesEndpoints(api), sameSpec('subsets'));
  await ensure(client, ENDPOINT_SLICE, kubernetesSlice(api), sameSpec('endpoints'));
}

function sameSpec<T extends KubeObject>(field: keyof T): (there: T, wanted: T) => boolean {
  return (there, wanted) => JSON.stringify(there[field]) === JSON.stringify(wanted[field]);
}

async function ensure<T extends KubeObject>(
  client: ResourceClient,
  kind: KindDefinition<T>,
  wanted: T,
  isCurrent: (there: T, wanted: T) => boolean,
): Promise<void> {
  try {
    const there = await client.get(kind, keyOf(wanted));
    if (!isCurrent(there, wanted)) await client.update(kind, wanted);
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
    await client.create(kind, wanted);
  }
}

/** Services get their addresses from it; the controller says that it is ready. */
function defaultServiceCidr({ serviceCidr }: ApiAddress): ServiceCIDR {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: DEFAULT_SERVICE_CIDR },
    spec: { cidrs: [serviceCidr] },
  };
}

function kubernetesService({ serviceIp, port }: ApiAddress): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: serviceIp,
      clusterIPs: [serviceIp],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      sessionAffinity: 'None',
    },
  };
}

/** Holds the address of the cluster's DNS, which is no pod: agents lead it to their own node's server. */
function dnsService({ dnsIp }: ApiAddress): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: dnsIp,
      clusterIPs: [dnsIp],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
      sessionAffinity: 'None',
    },
  };
}

function kubernetesEndpoints({ ip, port }: ApiAddress): Endpoints {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  };
}

function kubernetesSlice({ ip, port }: ApiAddress): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { [SERVICE_NAME_LABEL]: 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  };
}
