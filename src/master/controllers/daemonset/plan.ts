import type { DaemonSet, Node, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { revisionOfPod } from '../history/revision.ts';
import { claim } from '../workload/claim.ts';
import { isPodAvailable, isPodReady } from '../workload/pod-state.ts';
import { limitsOf } from './limits.ts';
import { isStaying, type Place, placementOf } from './placement.ts';
import { rollOut } from './roll-out.ts';

/** More at once would be a burst that nobody else gets through; the rest comes in the next pass. */
const MAX_BURST = 250;

export type Action =
  | { readonly do: 'release' | 'adopt'; readonly pod: Pod }
  | { readonly do: 'create'; readonly node: string }
  | { readonly do: 'delete'; readonly pod: Pod; readonly because?: 'failed' | 'succeeded'; readonly node?: string };

/** What a DaemonSet is judged by. */
export interface View {
  readonly nodes: readonly Node[];
  /** All of its namespace. */
  readonly pods: readonly Pod[];
  /** Of the revision that its pods should be of. */
  readonly hash: string;
  /** A failed pod of the node is not replaced yet. */
  isHeld(node: string): boolean;
}

/**
 * Decides what brings one DaemonSet to one pod on every node that is for it, in the order to do it; empty when it is there or waits.
 * A rollout goes on only when every node has what it should. Source: kube-controller, daemon_controller.go and update.go.
 */
export function plan(set: DaemonSet, view: View, now: Millis): Action[] {
  if (set.metadata.deletionTimestamp) return [];
  const { adopt, release } = claim(set, view.pods);
  const { places, lost } = placementOf(set, view.nodes, view.pods);
  const isSurging = limitsOf(set, places).maxSurge > 0;
  const managing = [
    ...places.flatMap((place) => manage(set, place, { view, isSurging, now })),
    ...lost.map((pod) => ({ do: 'delete', pod }) as const),
  ];
  const isRolling = managing.length === 0 && set.spec.updateStrategy?.type === 'RollingUpdate';
  const moving = isRolling ? rollOut(set, places, { hash: view.hash, now }) : managing;
  return [
    ...release.map((pod) => ({ do: 'release', pod }) as const),
    ...adopt.map((pod) => ({ do: 'adopt', pod }) as const),
    ...moving.filter((action) => action.do === 'create').slice(0, MAX_BURST),
    ...moving.filter((action) => action.do === 'delete').slice(0, MAX_BURST),
  ];
}

interface Circumstances {
  readonly view: View;
  readonly isSurging: boolean;
  readonly now: Millis;
}

/** What one node needs to have its one pod, whatever revision that is of. */
function manage(set: DaemonSet, place: Place, { view, isSurging, now }: Circumstances): Action[] {
  const { node, pods, shouldRun, shouldContinue } = place;
  const staying = pods.filter(isStaying);
  if (!shouldContinue) return staying.map((pod) => ({ do: 'delete', pod }));
  // The successor of a pod on its way out comes when that is gone.
  if (pods.length === 0) return shouldRun ? [{ do: 'create', node }] : [];
  const ended = (phase: 'Failed' | 'Succeeded') => staying.filter(({ status }) => status?.phase === phase);
  const failed = view.isHeld(node) ? [] : ended('Failed');
  const running = staying.filter(({ status }) => status?.phase !== 'Failed' && status?.phase !== 'Succeeded');
  const surplus = isSurging ? surplusOfSurge(set, running, { hash: view.hash, now }) : running.slice(1);
  return [
    ...failed.map((pod) => ({ do: 'delete', pod, because: 'failed', node }) as const),
    ...ended('Succeeded').map((pod) => ({ do: 'delete', pod, because: 'succeeded', node }) as const),
    ...surplus.map((pod) => ({ do: 'delete', pod }) as const),
  ];
}

/** One of each revision may be there: the old one goes when the new one is available, or when it does not serve any more. */
function surplusOfSurge(
  { spec }: DaemonSet,
  running: readonly Pod[],
  { hash, now }: { readonly hash: string; readonly now: Millis },
): Pod[] {
  const [updated, ...otherUpdated] = running.filter((pod) => revisionOfPod(pod) === hash);
  const [old, ...otherOld] = running.filter((pod) => revisionOfPod(pod) !== hash);
  const isReplaced = updated && old && (!isPodReady(old) || isPodAvailable(updated, spec.minReadySeconds ?? 0, now));
  return [...otherUpdated, ...otherOld, ...(isReplaced ? [old] : [])];
}
