import { POD } from '../../api/kinds/pod.ts';
import type { KubeObject, Pod } from '../../api/types.ts';
import type { ControllerParts, Reconciler } from './controller.ts';
import { failAndDelete } from './pod-removal.ts';

/** So many pods that have ended are kept for whoever wants to read of them (`--terminated-pod-gc-threshold`). */
const KEPT_FINISHED_PODS = 12_500;
/** There is one thing to do, whichever pod ended. */
const ALL = { namespace: '', name: 'finished-pods' };

function isFinished({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** The pods to remove, so that no more than `threshold` are left that have ended: evicted ones first, then the oldest. */
export function plan(pods: readonly Pod[], threshold: number): readonly Pod[] {
  const finished = pods.filter(isFinished);
  const surplus = finished.length - threshold;
  return surplus > 0 ? finished.sort(byEvictionAndAge).slice(0, surplus) : [];
}

function byEvictionAndAge(a: Pod, b: Pod): number {
  const isEvicted = ({ status }: Pod) => Number(status?.phase === 'Failed' && status.reason === 'Evicted');
  const madeAt = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  const byName = a.metadata.name < b.metadata.name ? -1 : 1;
  return isEvicted(b) - isEvicted(a) || madeAt(a) - madeAt(b) || byName;
}

/** Removes pods that have ended when there are too many of them. */
export function finishedPodCollector(parts: ControllerParts, threshold = KEPT_FINISHED_PODS): Reconciler {
  const { cache, log } = parts;
  const whenFinished = (object: KubeObject, previous: KubeObject | undefined) => {
    // A subscription to pods hands out pods.
    const [pod, before] = [object as Pod, previous as Pod | undefined];
    return isFinished(pod) && !(before && isFinished(before)) ? [ALL] : [];
  };
  return {
    name: 'finished-pod-collector',
    watches: [{ kind: POD, keysOf: whenFinished }],
    async reconcile(_key, signal) {
      const victims = plan(cache.list(POD), threshold);
      if (victims.length > 0) log.info({ count: victims.length, threshold }, 'removing the oldest finished pods');
      for (const pod of victims) {
        signal.throwIfAborted();
        await failAndDelete(parts, pod);
      }
      return undefined;
    },
  };
}
