import { NODE } from '../../api/kinds/node.ts';
import { POD } from '../../api/kinds/pod.ts';
import { ApiError } from '../../api/meta/errors.ts';
import { keyOf } from '../../api/registry.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import type { ResourceClient } from '../resource-client.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { type Disruption, failAndDelete } from './pod-removal.ts';

/** A node may be late, or made anew under its name: so long its pods are left alone. */
export const QUARANTINE_MS = 40_000;
const RETRY_MS = 100;
/** An administrator's word that the machine is off. */
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
const NODE_GONE: Disruption = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };

export type Verdict =
  | { readonly do: 'keep' }
  | { readonly do: 'wait'; readonly ms: Millis }
  | { readonly do: 'remove'; readonly disruption?: Disruption };

/**
 * Should this pod be removed without a node's word? Its node is gone, so that nobody is left to stop it, or out of service; or it
 * is terminating without ever having had a node. Source: the documented pod garbage collection.
 * @param missingForMs how long its node has not been seen
 */
export function verdictOf(pod: Pod, node: Node | undefined, missingForMs: Millis): Verdict {
  const isTerminating = Boolean(pod.metadata.deletionTimestamp);
  if (!pod.spec.nodeName) return isTerminating ? { do: 'remove' } : { do: 'keep' };
  if (node) return isTerminating && isOutOfService(node) ? { do: 'remove' } : { do: 'keep' };
  if (missingForMs < QUARANTINE_MS) return { do: 'wait', ms: QUARANTINE_MS - missingForMs };
  return { do: 'remove', disruption: NODE_GONE };
}

function isOutOfService({ spec, status }: Node): boolean {
  const isReady = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return !isReady && (spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}

/** Removes pods that no node will ever end. */
export function podGarbageCollector(parts: ControllerParts): Reconciler {
  const { client, cache, clock, log } = parts;
  /** Since when nodes that pods are bound to have not been seen, by the clock that never jumps. */
  const missing = new Map<string, Millis>();
  const podsOf = (nodeName: string) => cache.list(POD).filter((pod) => pod.spec.nodeName === nodeName);
  const missingForMs = (nodeName: string): Millis => {
    const now = clock.monotonic();
    const since = missing.get(nodeName) ?? now;
    missing.set(nodeName, since);
    return now - since;
  };
  return {
    name: 'pod-garbage-collector-controller',
    watches: [{ kind: POD }, { kind: NODE, keysOf: ({ metadata }) => podsOf(metadata.name).map(keyOf) }],
    async reconcile(key) {
      const pod = cache.get(POD, key);
      if (!pod) return undefined;
      const { nodeName = '' } = pod.spec;
      const node = nodeName ? cache.get(NODE, { namespace: '', name: nodeName }) : undefined;
      if (node) missing.delete(nodeName);
      const verdict = verdictOf(pod, node, nodeName && !node ? missingForMs(nodeName) : 0);
      if (verdict.do === 'wait') return verdict.ms;
      if (verdict.do === 'keep') return undefined;
      // Removed over what the cache does not show: the store is asked.
      if (verdict.disruption && (await exists(client, nodeName))) return RETRY_MS;
      log.info({ pod: `${key.namespace}/${key.name}`, node: nodeName }, 'removing a pod that no node will end');
      const isDone = await failAndDelete(parts, pod, verdict.disruption);
      if (podsOf(nodeName).length === 0) missing.delete(nodeName);
      return isDone ? undefined : RETRY_MS;
    },
  };
}

async function exists(client: ResourceClient, nodeName: string): Promise<boolean> {
  try {
    await client.get(NODE, { namespace: '', name: nodeName });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return false;
    throw error;
  }
}
