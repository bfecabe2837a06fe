import { formatQuantity } from '../../api/meta/quantity.ts';
import { type Candidate, containerRequest, containerUse } from './pod-usage.ts';
import { type Observations, resourceOf, type StarvedResource } from './signals.ts';
import { quantityOf, type Threshold } from './thresholds.ts';

/** kubelet's reason of evicted pods, and of the event. */
export const EVICTED = 'Evicted';

/** 104857600 is `100Mi`. */
export function bytesText(bytes: number): string {
  return formatQuantity({ nano: BigInt(Math.round(bytes)) * 1_000_000_000n, format: 'BinarySI' });
}

/** Why this pod had to go, in kubelet's words (evictionMessage), the blank at the end included. */
export function evictionMessage({ pod, usage }: Candidate, threshold: Threshold, observations: Observations): string {
  const resource = resourceOf(threshold.signal);
  const observed = observations.get(threshold.signal);
  const facts = observed
    ? `Threshold quantity: ${bytesText(quantityOf(threshold, observed))}, available: ${bytesText(observed.available)}. `
    : '';
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const blamed = (usage?.containers ?? []).flatMap((measured) => {
    const container = containers.find(({ name }) => name === measured.name);
    const used = isBlamedOnContainers(resource) ? containerUse(measured, resource) : undefined;
    if (!container || used === undefined) return [];
    const request = containerRequest(container, resource);
    if (used <= request) return [];
    return `Container ${measured.name} was using ${bytesText(used)}, request is ${bytesText(request)}, has larger consumption of ${resource}. `;
  });
  return `The node was low on resource: ${resource}. ${facts}${blamed.join('')}`;
}

function isBlamedOnContainers(resource: StarvedResource): boolean {
  return resource === 'memory' || resource === 'ephemeral-storage';
}
