import { parseQuantity, wholeValue } from '../../api/meta/quantity.ts';
import type { Container, Pod } from '../../api/types.ts';
import type { StarvedResource } from './signals.ts';

/** What one container uses; undefined where it could not be measured (it ended meanwhile). */
export interface ContainerUsage {
  readonly name: string;
  /** Working set in bytes: what the kernel could not take back. */
  readonly memoryBytes?: number | undefined;
  readonly processes?: number | undefined;
  /** Writable layer and logs, in bytes. */
  readonly diskBytes?: number | undefined;
  readonly inodes?: number | undefined;
}

export interface VolumeUsage {
  readonly name: string;
  readonly diskBytes: number;
  readonly inodes: number;
}

export interface PodUsage {
  readonly containers: readonly ContainerUsage[];
  /** emptyDirs on disk. */
  readonly volumes: readonly VolumeUsage[];
}

/** A pod that may be evicted; without usage when it could not be measured. */
export interface Candidate {
  readonly pod: Pod;
  readonly usage: PodUsage | undefined;
}

const MEASURE = {
  memory: 'memoryBytes',
  'ephemeral-storage': 'diskBytes',
  inodes: 'inodes',
  pids: 'processes',
} as const;

export function containerUse(usage: ContainerUsage, resource: StarvedResource): number | undefined {
  return usage[MEASURE[resource]];
}

/** What a pod uses of a resource, all its containers and volumes together. */
export function podUse({ containers, volumes }: PodUsage, resource: StarvedResource): number {
  const ofContainers = containers.reduce((sum, container) => sum + (containerUse(container, resource) ?? 0), 0);
  if (resource === 'ephemeral-storage')
    return ofContainers + volumes.reduce((sum, volume) => sum + volume.diskBytes, 0);
  return resource === 'inodes' ? ofContainers + volumes.reduce((sum, volume) => sum + volume.inodes, 0) : ofContainers;
}

/** What a container asks for; nobody asks for inodes or processes. */
export function containerRequest({ resources }: Container, resource: StarvedResource): number {
  return amount(resources?.requests?.[resource]);
}

/**
 * What a pod asks for: its containers and sidecars together, or the largest init container with the sidecars before it.
 * Source: kubelet, resource.PodRequests.
 */
export function podRequest({ spec }: Pod, resource: StarvedResource): number {
  let sidecars = 0;
  let largestInit = 0;
  for (const container of spec.initContainers ?? []) {
    const request = containerRequest(container, resource);
    if (container.restartPolicy === 'Always') sidecars += request;
    largestInit = Math.max(largestInit, container.restartPolicy === 'Always' ? sidecars : sidecars + request);
  }
  const own = spec.containers.reduce((sum, container) => sum + containerRequest(container, resource), 0);
  return Math.max(own + sidecars, largestInit);
}

export function amount(quantity: string | number | undefined): number {
  return quantity === undefined ? 0 : wholeValue(parseQuantity(quantity));
}
