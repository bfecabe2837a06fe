import { POD } from '../../../api/kinds/pod.ts';
import { keyOf } from '../../../api/registry.ts';
import type { Pod, PodCondition } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';

/** Whoever marks a pod deletes it next. One that has not begun to go by then will not. */
const STALE_AFTER_MS = 2 * 60_000;
/** The node marks a pod that it ends, which may take as long as it likes: nobody deletes it. */
const BY_KUBELET = 'TerminationByKubelet';

/** A mark that says that the pod is about to be ended from outside, and that may have to be taken back. */
function pendingMark({ metadata, status }: Pod): PodCondition | undefined {
  if (metadata.deletionTimestamp || status?.phase === 'Failed' || status?.phase === 'Succeeded') return undefined;
  const mark = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return mark?.status === 'True' && mark.reason !== BY_KUBELET ? mark : undefined;
}

export type Decision =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait'; readonly ms: Millis }
  | { readonly do: 'takeBack'; readonly pod: Pod };

/**
 * Decides whether a pod's DisruptionTarget has become untrue: a master that died between the mark and the deletion left it, or the
 * deletion was refused. A Job would take the pod's failure, whenever it came, for one that is not its own.
 * Source: disruption controller, syncStalePodDisruption; what the mark said is kept, as its apply of the status alone keeps it.
 */
export function judge(pod: Pod, now: Millis): Decision {
  const mark = pendingMark(pod);
  if (!mark) return { do: 'nothing' };
  const leftMs = (Date.parse(mark.lastTransitionTime ?? '') || 0) + STALE_AFTER_MS - now;
  // A date that was set back must not make it a wait of years.
  if (leftMs > 0) return { do: 'wait', ms: Math.min(leftMs, STALE_AFTER_MS) };
  const { generation } = pod.metadata;
  const taken: PodCondition = {
    ...mark,
    status: 'False',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: toRfc3339(now),
  };
  const conditions = (pod.status?.conditions ?? []).map((condition) => (condition === mark ? taken : condition));
  return { do: 'takeBack', pod: { ...pod, status: { ...pod.status, conditions } } };
}

/** Takes back the mark of pods that were to be ended from outside, and were not. */
export function staleDisruptionController({ client, cache, clock, log }: ControllerParts): Reconciler {
  return {
    name: 'stale-pod-disruption',
    // Pods change often, and few are ever marked.
    watches: [{ kind: POD, keysOf: (pod) => (pendingMark(pod as Pod) ? [keyOf(pod)] : []) }],
    async reconcile(key) {
      const pod = cache.get(POD, key);
      const decision = pod ? judge(pod, clock.now()) : { do: 'nothing' as const };
      if (decision.do === 'wait') return decision.ms;
      if (decision.do === 'nothing') return undefined;
      // What was faster wakes us again.
      await ignoring(['NotFound', 'Conflict'], client.update(POD, decision.pod, { subresource: 'status' }));
      log.info({ pod: `${key.namespace}/${key.name}` }, 'took back the mark of a pod that was not ended');
      return undefined;
    },
  };
}
