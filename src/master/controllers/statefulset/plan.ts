import type { Pod, StatefulSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { podOf, withIdentity } from './identity.ts';
import { type Revisions, versionOf } from './revisions.ts';
import { rollOut } from './roll-out.ts';
import {
  claimPods,
  isFinished,
  isHealthy,
  isRunningAndAvailable,
  isTerminating,
  placesOf,
  type Slot,
} from './slots.ts';

export type Action =
  | { readonly do: 'release' | 'adopt' | 'create' | 'update'; readonly pod: Pod }
  | { readonly do: 'delete'; readonly pod: Pod; readonly because?: 'failed' | 'terminated' };

/** What a StatefulSet is judged by. */
export interface View {
  /** All of its namespace. */
  readonly pods: readonly Pod[];
  readonly revisions: Revisions;
}

/** What one stage of a pass does; `isWaiting` ends the pass of a set whose pods come and go one by one. */
interface Stage {
  readonly actions: readonly Action[];
  readonly isWaiting: boolean;
}

/**
 * Decides what brings one StatefulSet nearer to its spec, in the order to do it; empty when it is there or waits for a pod. With
 * OrderedReady a pass does one thing: pods come from the lowest ordinal on, each once those before it are available, and go from the
 * highest on. With Parallel it does all at once, but for rollouts. Source: kube-controller, stateful_set_control.go.
 */
export function plan(set: StatefulSet, { pods, revisions }: View, now: Millis): Action[] {
  if (set.metadata.deletionTimestamp) return [];
  const { owned, adopt, release } = claimPods(set, pods);
  // Whose pods these are is settled first; that wakes us again.
  if (adopt.length + release.length > 0) {
    return [
      ...release.map((pod) => ({ do: 'release', pod }) as const),
      ...adopt.map((pod) => ({ do: 'adopt', pod }) as const),
    ];
  }
  const { slots, condemned } = placesOf(set, owned);
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  const filling = isOrdered ? fillInOrder(set, slots, revisions, now) : fillAtOnce(set, slots, revisions);
  if (isOrdered && filling.isWaiting) return [...filling.actions];
  const shrinking = isOrdered ? shrinkInOrder(set, condemned, now) : shrinkAtOnce(condemned);
  if (isOrdered && shrinking.isWaiting) return [...filling.actions, ...shrinking.actions];
  const outdated = rollOut(set, slots, { revision: revisions.update.metadata.name, now });
  return [...filling.actions, ...shrinking.actions, ...outdated.map((pod) => ({ do: 'delete', pod }) as const)];
}

function fillInOrder(set: StatefulSet, slots: readonly Slot[], revisions: Revisions, now: Millis): Stage {
  const actions: Action[] = [];
  for (const slot of slots) {
    const action = repair(set, slot, revisions);
    // A label that is missing keeps nobody from serving.
    if (action && action.do !== 'update') return { actions: [...actions, action], isWaiting: true };
    const { pod } = slot;
    if (!pod || isTerminating(pod) || !isRunningAndAvailable(set, pod, now)) return { actions, isWaiting: true };
    if (action) actions.push(action);
  }
  return { actions, isWaiting: false };
}

function fillAtOnce(set: StatefulSet, slots: readonly Slot[], revisions: Revisions): Stage {
  return { actions: slots.flatMap((slot) => repair(set, slot, revisions) ?? []), isWaiting: false };
}

/** What one place needs to have a pod that may run. */
function repair(set: StatefulSet, { ordinal, pod }: Slot, revisions: Revisions): Action | undefined {
  if (!pod) return { do: 'create', pod: podOf(set, ordinal, versionOf(set, ordinal, revisions)) };
  if (isTerminating(pod)) return undefined;
  // Its successor is created once it is gone: the ordinal is never there twice.
  if (isFinished(pod)) {
    return { do: 'delete', pod, because: pod.status?.phase === 'Failed' ? 'failed' : 'terminated' };
  }
  const identified = withIdentity(pod, ordinal);
  return identified === pod ? undefined : { do: 'update', pod: identified };
}

/** The highest goes first, when it serves: of those that do not, the lowest goes and the others are waited for. What has ended may go. */
function shrinkInOrder(set: StatefulSet, condemned: readonly Pod[], now: Millis): Stage {
  const [highest] = condemned;
  if (!highest) return { actions: [], isWaiting: false };
  const lowestUnhealthy = condemned.findLast((pod) => !isHealthy(pod));
  const mayGo = isRunningAndAvailable(set, highest, now) || isFinished(highest) || highest === lowestUnhealthy;
  const actions = mayGo && !isTerminating(highest) ? [{ do: 'delete', pod: highest } as const] : [];
  return { actions, isWaiting: true };
}

function shrinkAtOnce(condemned: readonly Pod[]): Stage {
  const going = condemned.filter((pod) => !isTerminating(pod));
  return { actions: going.map((pod) => ({ do: 'delete', pod }) as const), isWaiting: false };
}
