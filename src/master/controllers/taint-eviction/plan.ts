import { tolerates } from '../../../api/kinds/pod/tolerations.ts';
import type { Node, Pod, Taint, Toleration } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';

export type Decision =
  /** No taint drives it away. */
  { readonly do: 'stay' } | { readonly do: 'wait'; readonly ms: Millis } | { readonly do: 'evict' };

/** How long a pod has been waiting, and what it is given whatever that is. */
export interface Waited {
  /** How long it has been on the node with a taint that it tolerates for a time only. */
  readonly waitedMs: Millis;
  /** So long is left of the time in which a master that has just started expects its nodes to come; 0 when that is over. */
  readonly awaitNodesMs: Millis;
}

/** Taints that say that the node was not heard, or not well: what a master that was not there itself cannot know. */
const HEALTH: readonly string[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The taints that drive away pods that run already. */
export function evictingTaints(node: Node | undefined): readonly Taint[] {
  return (node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}

/** The first toleration that covers the taint, as Kubernetes looks for it: the others' seconds do not count. */
function tolerationOf(pod: Pod, taint: Taint): Toleration | undefined {
  return pod.spec.tolerations?.find((toleration) => tolerates([toleration], taint));
}

/** Seconds of each taint's toleration; undefined for one that is tolerated for ever, 0 for one that is not tolerated. */
function limits(pod: Pod, taints: readonly Taint[]): readonly { taint: Taint; seconds: number | undefined }[] {
  return taints.map((taint) => {
    const toleration = tolerationOf(pod, taint);
    return { taint, seconds: toleration ? toleration.tolerationSeconds : 0 };
  });
}

/**
 * Decides whether a pod stays on a node with these NoExecute taints: as long as the shortest of its tolerations lasts. For what
 * concerns the node's health nothing is done before the node could come to a new master: what it was tainted for may be over.
 * Source: Kubernetes, "Taints and Tolerations", taint based evictions.
 */
export function plan(pod: Pod, taints: readonly Taint[], { waitedMs, awaitNodesMs }: Waited): Decision {
  const lefts = limits(pod, taints).flatMap(({ taint, seconds }) => {
    if (seconds === undefined) return [];
    const leftMs = Math.max(seconds, 0) * 1000 - waitedMs;
    return HEALTH.includes(taint.key) ? Math.max(leftMs, awaitNodesMs) : leftMs;
  });
  if (lefts.length === 0) return { do: 'stay' };
  const leftMs = Math.min(...lefts);
  return leftMs > 0 ? { do: 'wait', ms: leftMs } : { do: 'evict' };
}

/**
 * How long a pod has been waiting that nobody has counted for yet, because the master has just started: since the oldest taint
 * that it tolerates for a time was added, or since it is on the node, whichever is later. A taint without timeAdded counts from now.
 */
export function waitedBefore(pod: Pod, taints: readonly Taint[], now: Millis): Millis {
  const added = limits(pod, taints)
    .filter(({ seconds }) => seconds !== undefined)
    .map(({ taint }) => Date.parse(taint.timeAdded ?? ''))
    .filter((at) => !Number.isNaN(at));
  if (added.length === 0) return 0;
  return Math.max(now - Math.max(Math.min(...added), boundAt(pod)), 0);
}

function boundAt({ metadata, status }: Pod): Millis {
  const scheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'True');
  return Date.parse(scheduled?.lastTransitionTime ?? metadata.creationTimestamp ?? '') || 0;
}
