import type { KindDefinition } from '../registry.ts';
import type { KubeObject } from '../types.ts';

const WORKLOAD = {
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
};

/** The least that a client can send of each kind. */
const BLANKS: Record<string, object> = {
  ControllerRevision: { data: {}, revision: 1 },
  DaemonSet: WORKLOAD,
  Deployment: WORKLOAD,
  EndpointSlice: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] },
  Endpoints: { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] },
  Event: {
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
    regarding: {},
    eventTime: '2026-01-01T00:00:00.000000Z',
  },
  Ingress: { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
  IPAddress: { spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } } },
  IngressClass: { spec: { controller: 'example.com/ingress' } },
  PersistentVolume: {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/srv' } },
  },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  Pod: { spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  PodTemplate: { template: WORKLOAD.spec.template },
  ReplicaSet: WORKLOAD,
  ReplicationController: { spec: { template: WORKLOAD.spec.template } },
  Secret: { stringData: { a: 'b' } },
  Service: { spec: { ports: [{ port: 80 }] } },
  ServiceCIDR: { spec: { cidrs: ['10.44.0.0/16'] } },
  StatefulSet: WORKLOAD,
  StorageClass: { provisioner: 'example.com/disk' },
  Node: { spec: { podCIDR: '10.42.0.0/24' } },
};

/** A new object, without defaults. */
export function blankOf(kind: KindDefinition): KubeObject {
  const metadata = { name: 'web', ...(kind.namespaced ? { namespace: 'default' } : {}) };
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  return structuredClone({ apiVersion, kind: kind.kind, metadata, ...BLANKS[kind.kind] });
}
