import type { Pod } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';

const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** Reason of the event, and of the pod's status as long as it is kept from running. */
export const FENCED = 'Fenced';

/** Whether a pod is to be kept from running, because it may run elsewhere by now; `inMs`: when it will be, if the cut lasts. */
export interface Fence {
  readonly isFenced: boolean;
  readonly inMs: Millis | undefined;
}

/**
 * A pod of which two at once do harm: it is one of a StatefulSet, whose names are identities, or it holds a claim, whose data
 * has one writer. hostPath volumes do not count: another node has another folder there, and most are sockets and logs of
 * DaemonSets. Nor do generic ephemeral volumes, which are the pod's own.
 */
export function mustNotRunTwice({ metadata, spec }: Pod): boolean {
  if ((spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim !== undefined)) return true;
  return (metadata.ownerReferences ?? []).some(({ kind, controller }) => kind === 'StatefulSet' && controller === true);
}

/**
 * How long a pod stays on a node that is out of reach. Source: Kubernetes, taint manager, getMinTolerationTime: the shortest
 * tolerationSeconds of the tolerations that match, at once without any.
 * @returns undefined: for ever
 */
export function toleratedMs(pod: Pod): Millis | undefined {
  const matching = (pod.spec.tolerations ?? []).filter(({ key, effect, operator }) => {
    if (effect && effect !== 'NoExecute') return false;
    return key ? key === UNREACHABLE : operator === 'Exists';
  });
  if (matching.length === 0) return 0;
  const seconds = matching.map(({ tolerationSeconds }) => tolerationSeconds).filter((value) => value !== undefined);
  return seconds.length === 0 ? undefined : Math.max(0, Math.min(...seconds)) * 1000;
}

/** How this node stands with its master. */
export interface MasterContact {
  /** How long the master has been out of reach; 0 while it is not, Infinity when nobody can say. */
  readonly silenceMs: Millis;
  /** Silence that long makes the master taint the node: from then on its pods' tolerations count. */
  readonly graceMs: Millis;
}

/** Up when the master may evict the pod, and no sooner: a line that is bad for a while is no reason to restart a database. */
export function fenceOf(pod: Pod, { silenceMs, graceMs }: MasterContact): Fence {
  const tolerated = silenceMs > 0 && mustNotRunTwice(pod) ? toleratedMs(pod) : undefined;
  if (tolerated === undefined) return { isFenced: false, inMs: undefined };
  const inMs = graceMs + tolerated - silenceMs;
  return inMs > 0 ? { isFenced: false, inMs } : { isFenced: true, inMs: undefined };
}

export function fencedMessage(pod: Pod): string {
  const seconds = (toleratedMs(pod) ?? 0) / 1000;
  return `The node has been cut off from the master for longer than the pod tolerates (${seconds}s): it does not run here until the master is back, since it may run elsewhere`;
}
