/**
 * The API's types under their Kubernetes names. They come from the ecosystem's own package (types only: nothing of it is
 * loaded at run time); what every stored object has is made required here.
 */
import type { IIoK8sApimachineryPkgApisMetaV1ObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';
import type { ILease } from 'kubernetes-models/coordination.k8s.io/v1/Lease';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1/EndpointSlice';
import type { IEvent as IEventsV1Event } from 'kubernetes-models/events.k8s.io/v1/Event';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IEndpoints } from 'kubernetes-models/v1/Endpoints';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { INode } from 'kubernetes-models/v1/Node';
import type { IPod } from 'kubernetes-models/v1/Pod';
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
