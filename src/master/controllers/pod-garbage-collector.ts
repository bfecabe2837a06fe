import { NODE } from '../../api/kinds/node.ts';
import { POD } from '../../api/kinds/pod.ts';
import { keyOf } from '../../api/registry.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { ignoring } from './ignore-errors.ts';

/**
 * Should this pod be removed without a node's word? Its node object is gone, so that nobody is left to stop it, or it is
 * terminating without ever having had a node. Source: the documented behaviour of PodGC (orphaned and unscheduled terminating pods).
 */
export function isOrphaned(pod: Pod, node: Node | undefined): boolean {
  if (pod.spec.nodeName) return !node;
  return Boolean(pod.metadata.deletionTimestamp);
}

/** Removes pods whose node no longer exists. */
export function podGarbageCollector({ client, cache, log }: ControllerParts): Reconciler {
  const podsOf = (nodeName: string) => cache.list(POD).filter((pod) => pod.spec.nodeName === nodeName);
  return {
    name: 'pod-garbage-collector-controller',
    watches: [{ kind: POD }, { kind: NODE, keysOf: (node) => podsOf(node.metadata.name).map(keyOf) }],
    async reconcile(key) {
      const pod = cache.get(POD, key);
      if (!pod) return;
      const node = pod.spec.nodeName ? cache.get(NODE, { namespace: '', name: pod.spec.nodeName }) : undefined;
      if (!isOrphaned(pod, node)) return;
      log.info({ pod: `${key.namespace}/${key.name}`, node: pod.spec.nodeName }, 'removing a pod whose node is gone');
      const preconditions = { uid: pod.metadata.uid };
      await ignoring(['NotFound', 'Conflict'], client.delete(POD, key, { gracePeriodSeconds: 0, preconditions }));
    },
  };
}
