import { isDeepStrictEqual } from 'node:util';
import { NODE } from '../../../api/kinds/node.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { keyOf, keyText, type ObjectKey } from '../../../api/registry.ts';
import type { KubeObject, Node, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { type Disruption, disrupted } from '../pod-removal.ts';
import { evictingTaints, plan, waitedBefore } from './plan.ts';

const RETRY_MS = 50;
const TAINTED: Disruption = {
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
};

/** A pod whose time on its node is running. */
interface Waiting {
  readonly uid: string | undefined;
  /** By the clock that never jumps. */
  readonly since: Millis;
}

/**
 * Deletes pods from nodes whose NoExecute taints they do not tolerate, or not any longer.
 * @param awaitNodesMs so long after the start no node is called silent that has not come yet: the pods of one that was tainted before
 *   are left alone as well (Heartbeats.expect)
 */
export function taintEvictionController(parts: ControllerParts, awaitNodesMs: Millis): Reconciler {
  const { client, cache, events, clock, log } = parts;
  let awaitedUntil: Millis | undefined;
  const waiting = new Map<string, Waiting>();
  const nodeOf = ({ spec }: Pod) => cache.get(NODE, { namespace: '', name: spec.nodeName ?? '' });
  const podsOf = (object: KubeObject, previous: KubeObject | undefined): readonly ObjectKey[] => {
    // The first nodes are told of when the master starts; where there are none, none are expected.
    awaitedUntil ??= clock.monotonic() + awaitNodesMs;
    // A subscription to nodes hands out nodes.
    const [taints, before] = [evictingTaints(object as Node), evictingTaints(previous as Node | undefined)];
    if (isDeepStrictEqual(taints, before)) return [];
    const { name } = object.metadata;
    return cache.list(POD).flatMap((pod) => (pod.spec.nodeName === name ? [keyOf(pod)] : []));
  };
  const concerns = (object: KubeObject): readonly ObjectKey[] => {
    const key = keyOf(object);
    const isConcerned = waiting.has(keyText(key)) || evictingTaints(nodeOf(object as Pod)).length > 0;
    return isConcerned ? [key] : [];
  };
  const tell = (pod: Pod, what: string) => {
    const message = `${what} ${pod.metadata.namespace}/${pod.metadata.name}`;
    events.record(pod, {
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message,
      component: 'taint-eviction-controller',
    });
  };
  const evict = async (pod: Pod): Promise<boolean> => {
    const { uid } = pod.metadata;
    try {
      await client.update(POD, disrupted(pod, TAINTED, clock.now()), { subresource: 'status' });
      await client.delete(POD, keyOf(pod), uid ? { preconditions: { uid } } : {});
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'Conflict') return false;
      await ignoring(['NotFound'], Promise.reject(error));
    }
    return true;
  };
  return {
    name: 'taint-eviction-controller',
    watches: [
      { kind: POD, keysOf: concerns },
      { kind: NODE, keysOf: podsOf },
    ],
    async reconcile(key) {
      const text = keyText(key);
      const pod = cache.get(POD, key);
      const node = pod && nodeOf(pod);
      if (!pod || !node || pod.metadata.deletionTimestamp) {
        waiting.delete(text);
        return undefined;
      }
      const taints = evictingTaints(node);
      const { uid } = pod.metadata;
      const known = waiting.get(text)?.uid === uid ? waiting.get(text) : undefined;
      const now = clock.monotonic();
      const since = known?.since ?? now - waitedBefore(pod, taints, clock.now());
      const waited = { waitedMs: now - since, awaitNodesMs: Math.max((awaitedUntil ?? now) - now, 0) };
      const decision = plan(pod, taints, waited);
      if (decision.do === 'wait') {
        waiting.set(text, { uid, since });
        return decision.ms;
      }
      if (decision.do === 'stay') {
        waiting.delete(text);
        if (known) tell(pod, 'Cancelling deletion of Pod');
        return undefined;
      }
      if (!(await evict(pod))) return RETRY_MS;
      waiting.delete(text);
      log.info(
        { pod: text, node: node.metadata.name, taints: taints.map((taint) => taint.key) },
        'evicted from a tainted node',
      );
      tell(pod, 'Marking for deletion Pod');
      return undefined;
    },
  };
}
