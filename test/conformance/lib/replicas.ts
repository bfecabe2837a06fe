import assert from 'node:assert/strict';
import type {
  Deployment,
  KubeObject,
  ObjectMeta,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
} from '../../../src/api/types.ts';
import type { Collection, Draft } from './collection.ts';

export type Labels = Record<string, string>;

/** Pods of one nginx that end as soon as they are told to. */
export function podTemplate(labels: Labels, image = 'nginx:latest'): PodTemplateSpec {
  return {
    metadata: { labels },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image }] },
  };
}

/** Pods that run and answer nothing; cheaper, for tests about counts. */
export function sleepTemplate(labels: Labels): PodTemplateSpec {
  const container = { name: 'main', image: 'busybox:1', command: ['sleep', '3600'] };
  return { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } };
}

export function replicaSet(name: string, replicas: number, template: PodTemplateSpec): Draft<ReplicaSet> {
  const matchLabels = template.metadata?.labels;
  return { metadata: { name, labels: matchLabels }, spec: { replicas, selector: { matchLabels }, template } };
}

export function replicationController(
  name: string,
  replicas: number,
  template: PodTemplateSpec,
): Draft<ReplicationController> {
  const labels = template.metadata?.labels;
  return { metadata: { name, labels }, spec: { replicas, selector: labels, template } };
}

export function deployment(
  name: string,
  template: PodTemplateSpec,
  spec: Partial<Deployment['spec']> = {},
): Draft<Deployment> {
  const matchLabels = template.metadata?.labels;
  const rest = { replicas: 1, ...spec };
  return { metadata: { name, labels: matchLabels }, spec: { selector: { matchLabels }, template, ...rest } };
}

/** A pod on its own, as a template would make it. */
export function podOf(name: string, template: PodTemplateSpec): Draft<Pod> {
  const { metadata, spec } = template;
  assert.ok(spec);
  return { metadata: { ...metadata, name }, spec };
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

/** The object's controller, if it has one. */
export function ownerOf({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
}

export function isOwnedBy(owner: KubeObject): (object: KubeObject) => boolean {
  return ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false;
}

/** An ownerReference, as dependents hold it. */
export function reference(
  owner: KubeObject,
  rest: Partial<NonNullable<ObjectMeta['ownerReferences']>[number]> = {},
): NonNullable<ObjectMeta['ownerReferences']>[number] {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', ...rest };
}

/** Fails until the collection has exactly so many ready pods with these labels, and no others. @returns them */
export async function expectReady(pods: Collection<Pod>, labelSelector: string, count: number): Promise<Pod[]> {
  const { items } = await pods.list({ labelSelector });
  const alive = items.filter(({ metadata }) => !metadata.deletionTimestamp);
  assert.equal(alive.filter(isReady).length, count, `${alive.length} pods, of which so many are ready`);
  assert.equal(alive.length, count);
  return alive;
}
