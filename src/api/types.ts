/**
 * The API's types under their Kubernetes names. They come from the ecosystem's own package (types only: nothing of it is
 * loaded at run time); what every stored object has is made required here.
 */
import type { IIoK8sApimachineryPkgApisMetaV1ObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';
import type { IControllerRevision } from 'kubernetes-models/apps/v1/ControllerRevision';
import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IReplicaSet } from 'kubernetes-models/apps/v1/ReplicaSet';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IScale } from 'kubernetes-models/autoscaling/v1/Scale';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { ILease } from 'kubernetes-models/coordination.k8s.io/v1/Lease';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1/EndpointSlice';
import type { IEvent as IEventsV1Event } from 'kubernetes-models/events.k8s.io/v1/Event';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { IIngressBackend } from 'kubernetes-models/networking.k8s.io/v1/IngressBackend';
import type { IIngressClass } from 'kubernetes-models/networking.k8s.io/v1/IngressClass';
import type { IIPAddress } from 'kubernetes-models/networking.k8s.io/v1/IPAddress';
import type { IServiceCIDR } from 'kubernetes-models/networking.k8s.io/v1/ServiceCIDR';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1/PriorityClass';
import type { IStorageClass } from 'kubernetes-models/storage.k8s.io/v1/StorageClass';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IEndpoints } from 'kubernetes-models/v1/Endpoints';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { ILimitRange } from 'kubernetes-models/v1/LimitRange';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { INode } from 'kubernetes-models/v1/Node';
import type { IPersistentVolume } from 'kubernetes-models/v1/PersistentVolume';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { IPodTemplate } from 'kubernetes-models/v1/PodTemplate';
import type { IReplicationController } from 'kubernetes-models/v1/ReplicationController';
import type { IResourceQuota } from 'kubernetes-models/v1/ResourceQuota';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';

/** metadata of an object: name and the rest of what the documentation lists; times are RFC 3339 text, to the second. */
export type ObjectMeta = IIoK8sApimachineryPkgApisMetaV1ObjectMeta & { name: string };
export type OwnerReference = NonNullable<ObjectMeta['ownerReferences']>[number];

/** Any object of the API. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

type WithMeta<T> = Omit<T, 'metadata' | 'apiVersion' | 'kind'> & KubeObject;
type WithSpec<T extends { spec?: unknown }> = Omit<WithMeta<T>, 'spec'> & { spec: NonNullable<T['spec']> };

export type Pod = WithSpec<IPod>;
export type PodSpec = Pod['spec'];
export type PodStatus = NonNullable<IPod['status']>;
export type PodCondition = NonNullable<PodStatus['conditions']>[number];
export type Container = PodSpec['containers'][number];
export type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];
export type ContainerState = NonNullable<ContainerStatus['state']>;
export type Volume = NonNullable<PodSpec['volumes']>[number];
export type Probe = NonNullable<Container['livenessProbe']>;
export type Toleration = NonNullable<PodSpec['tolerations']>[number];

export type Node = WithSpec<INode>;
export type NodeStatus = NonNullable<INode['status']>;
export type NodeCondition = NonNullable<NodeStatus['conditions']>[number];
export type Taint = NonNullable<Node['spec']['taints']>[number];

export type Namespace = WithMeta<INamespace>;
export type ConfigMap = WithMeta<IConfigMap>;
export type Secret = WithMeta<ISecret>;
export type Service = WithSpec<IService>;
export type ServicePort = NonNullable<Service['spec']['ports']>[number];
export type ServiceAccount = WithMeta<IServiceAccount>;
export type Endpoints = WithMeta<IEndpoints>;
export type EndpointSlice = WithMeta<IEndpointSlice>;
export type CoreEvent = WithMeta<IEvent>;
export type EventsV1Event = WithMeta<IEventsV1Event>;
export type Lease = WithMeta<ILease>;

/** What a workload makes its pods of. */
export interface PodTemplateSpec {
  metadata?: Partial<ObjectMeta>;
  spec: PodSpec;
}

/** A spec whose template, as every stored one, is there. */
type WithTemplate<T extends { spec?: unknown }> = Omit<WithMeta<T>, 'spec'> & {
  spec: Omit<NonNullable<T['spec']>, 'template'> & { template: PodTemplateSpec };
};
/** As WithTemplate, for kinds whose `replicas` has a default. */
type WithReplicas<T extends { spec?: unknown }> = WithTemplate<T> & { spec: { replicas: number } };

export type ReplicaSet = WithReplicas<IReplicaSet>;
export type ReplicaSetStatus = NonNullable<IReplicaSet['status']>;
export type ReplicaSetCondition = NonNullable<ReplicaSetStatus['conditions']>[number];
export type ReplicationController = WithReplicas<IReplicationController>;
export type ReplicationControllerStatus = NonNullable<IReplicationController['status']>;
export type Deployment = WithReplicas<IDeployment>;
export type DeploymentStatus = NonNullable<IDeployment['status']>;
export type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number];
export type StatefulSet = WithReplicas<IStatefulSet>;
export type StatefulSetStatus = NonNullable<IStatefulSet['status']>;
export type VolumeClaimTemplate = NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number];
export type DaemonSet = WithTemplate<IDaemonSet>;
export type DaemonSetStatus = NonNullable<IDaemonSet['status']>;
export type ControllerRevision = WithMeta<IControllerRevision>;
export type PodTemplate = Omit<WithMeta<IPodTemplate>, 'template'> & { template: PodTemplateSpec };
export type Scale = WithMeta<IScale>;

export type Job = WithTemplate<IJob>;
export type JobSpec = Job['spec'];
export type JobStatus = NonNullable<IJob['status']>;
export type JobCondition = NonNullable<JobStatus['conditions']>[number];
/** What a CronJob makes its Jobs of. */
export interface JobTemplateSpec {
  metadata?: Partial<ObjectMeta>;
  spec: JobSpec;
}
export type CronJob = Omit<WithMeta<ICronJob>, 'spec'> & {
  spec: Omit<NonNullable<ICronJob['spec']>, 'jobTemplate'> & { jobTemplate: JobTemplateSpec };
};
export type CronJobStatus = NonNullable<ICronJob['status']>;
export type PodDisruptionBudget = WithSpec<IPodDisruptionBudget>;
export type PodDisruptionBudgetStatus = NonNullable<IPodDisruptionBudget['status']>;
export type ResourceQuota = WithSpec<IResourceQuota>;
export type LimitRange = WithSpec<ILimitRange>;
export type LimitRangeItem = LimitRange['spec']['limits'][number];
export type PriorityClass = WithMeta<IPriorityClass>;
export type PersistentVolume = WithSpec<IPersistentVolume>;
export type PersistentVolumeClaim = WithSpec<IPersistentVolumeClaim>;
export type StorageClass = WithMeta<IStorageClass>;
export type Ingress = WithSpec<IIngress>;
export type IPAddress = WithSpec<IIPAddress>;
export type ServiceCIDR = WithSpec<IServiceCIDR>;
export type ServiceCIDRCondition = NonNullable<NonNullable<IServiceCIDR['status']>['conditions']>[number];
export type IngressBackend = IIngressBackend;
export type IngressClass = WithSpec<IIngressClass>;
