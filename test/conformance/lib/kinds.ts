import type * as api from '../../../src/api/types.ts';

/** What a client must know of a kind to use it; `T` is the type of its objects. */
export interface Kind<T extends api.KubeObject> {
  readonly apiVersion: string;
  readonly kind: string;
  /** The collection's name in paths. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Never there: it carries the type. */
  readonly object?: T;
}

function namespaced<T extends api.KubeObject>(apiVersion: string, kind: string, resource: string): Kind<T> {
  return { apiVersion, kind, resource, namespaced: true };
}

function clusterWide<T extends api.KubeObject>(apiVersion: string, kind: string, resource: string): Kind<T> {
  return { apiVersion, kind, resource, namespaced: false };
}

export const NAMESPACES = clusterWide<api.Namespace>('v1', 'Namespace', 'namespaces');
export const NODES = clusterWide<api.Node>('v1', 'Node', 'nodes');
export const PODS = namespaced<api.Pod>('v1', 'Pod', 'pods');
export const CONFIG_MAPS = namespaced<api.ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const SECRETS = namespaced<api.Secret>('v1', 'Secret', 'secrets');
export const SERVICES = namespaced<api.Service>('v1', 'Service', 'services');
export const ENDPOINTS = namespaced<api.Endpoints>('v1', 'Endpoints', 'endpoints');
export const ENDPOINT_SLICES = namespaced<api.EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
export const SERVICE_ACCOUNTS = namespaced<api.ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts');
export const POD_TEMPLATES = namespaced<api.PodTemplate>('v1', 'PodTemplate', 'podtemplates');
export const EVENTS = namespaced<api.CoreEvent>('v1', 'Event', 'events');
export const EVENTS_V1 = namespaced<api.EventsV1Event>('events.k8s.io/v1', 'Event', 'events');
export const LIMIT_RANGES = namespaced<api.LimitRange>('v1', 'LimitRange', 'limitranges');
export const RESOURCE_QUOTAS = namespaced<api.ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas');
export const REPLICATION_CONTROLLERS = namespaced<api.ReplicationController>(
  'v1',
  'ReplicationController',
  'replicationcontrollers',
);
export const LEASES = namespaced<api.Lease>('coordination.k8s.io/v1', 'Lease', 'leases');
export const PRIORITY_CLASSES = clusterWide<api.PriorityClass>(
  'scheduling.k8s.io/v1',
  'PriorityClass',
  'priorityclasses',
);
export const REPLICA_SETS = namespaced<api.ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets');
export const DEPLOYMENTS = namespaced<api.Deployment>('apps/v1', 'Deployment', 'deployments');
export const STATEFUL_SETS = namespaced<api.StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets');
export const DAEMON_SETS = namespaced<api.DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets');
export const CONTROLLER_REVISIONS = namespaced<api.ControllerRevision>(
  'apps/v1',
  'ControllerRevision',
  'controllerrevisions',
);
export const JOBS = namespaced<api.Job>('batch/v1', 'Job', 'jobs');
export const CRON_JOBS = namespaced<api.CronJob>('batch/v1', 'CronJob', 'cronjobs');
export const POD_DISRUPTION_BUDGETS = namespaced<api.PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const PERSISTENT_VOLUMES = clusterWide<api.PersistentVolume>('v1', 'PersistentVolume', 'persistentvolumes');
export const PERSISTENT_VOLUME_CLAIMS = namespaced<api.PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const STORAGE_CLASSES = clusterWide<api.StorageClass>('storage.k8s.io/v1', 'StorageClass', 'storageclasses');
export const INGRESSES = namespaced<api.Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const INGRESS_CLASSES = clusterWide<api.IngressClass>('networking.k8s.io/v1', 'IngressClass', 'ingressclasses');
export const IP_ADDRESSES = clusterWide<api.IPAddress>('networking.k8s.io/v1', 'IPAddress', 'ipaddresses');
export const SERVICE_CIDRS = clusterWide<api.ServiceCIDR>('networking.k8s.io/v1', 'ServiceCIDR', 'servicecidrs');
