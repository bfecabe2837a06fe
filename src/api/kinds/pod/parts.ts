import type { Container, Pod, PodSpec, Probe, Volume } from '../../types.ts';

/** Names for the parts of a Pod that the sections of this folder share. */

type Item<T> = NonNullable<T> extends ReadonlyArray<infer I> ? I : never;

export type ContainerPort = Item<Container['ports']>;
export type EnvVar = Item<Container['env']>;
export type EnvVarSource = NonNullable<EnvVar['valueFrom']>;
export type EnvFromSource = Item<Container['envFrom']>;
export type VolumeMount = Item<Container['volumeMounts']>;
export type VolumeDevice = Item<Container['volumeDevices']>;
export type ResourceRequirements = NonNullable<Container['resources']>;
export type ResourceList = NonNullable<ResourceRequirements['limits']>;
export type SecurityContext = NonNullable<Container['securityContext']>;
export type PodSecurityContext = NonNullable<PodSpec['securityContext']>;
export type Lifecycle = NonNullable<Container['lifecycle']>;
export type LifecycleHandler = NonNullable<Lifecycle['postStart']>;
export type HttpGetAction = NonNullable<Probe['httpGet']>;
export type FieldRef = NonNullable<EnvVarSource['fieldRef']>;
export type ResourceFieldRef = NonNullable<EnvVarSource['resourceFieldRef']>;
export type ProjectedSource = Item<NonNullable<Volume['projected']>['sources']>;
export type DownwardApiFile = Item<NonNullable<Volume['downwardAPI']>['items']>;
export type KeyToPath = Item<NonNullable<Volume['secret']>['items']>;
export type Affinity = NonNullable<PodSpec['affinity']>;
export type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
export type PodAffinity = NonNullable<Affinity['podAffinity']>;
export type PodAffinityTerm = Item<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>;
export type NodeSelectorTerm = Item<
  NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms']
>;
export type NodeSelectorRequirement = Item<NodeSelectorTerm['matchExpressions']>;
export type TopologySpreadConstraint = Item<PodSpec['topologySpreadConstraints']>;
export type QosClass = NonNullable<NonNullable<Pod['status']>['qosClass']>;

/** An init container that keeps running beside the containers: a native sidecar. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}
