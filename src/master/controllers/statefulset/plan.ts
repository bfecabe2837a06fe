import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { type ClaimTransfer, claimTransfers, missingClaims } from './claims.ts';
import { podNameOf, podOf, withIdentity } from './identity.ts';
import { type Revisions, versionOf } from './revisions.ts';
import { rollOut } from './roll-out.ts';
import {
  claimPods,
  isFinished,
  isHealthy,
  isRunningAndAvailable,
  isTerminating,
  type Places,
  placesOf,
  type Slot,
} from './slots.ts';

export type Action =
  | { readonly do: 'release' | 'adopt' | 'create' | 'update'; readonly pod: Pod }
  | { readonly do: 'delete'; readonly pod: Pod; readonly because?: 'failed' | 'terminated' }
  | { readonly do: 'createClaim'; readonly pod: Pod; readonly claim: PersistentVolumeClaim }
  | ClaimTransfer;

/** What a StatefulSet is judged by. */
export interface View {
  /** All of its namespace. */
  readonly pods: readonly Pod[];
  /** All of its namespace. */
  readonly claims: readonly PersistentVolumeClaim[];
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
export function plan(set: StatefulSet, view: View, now: Millis): Action[] {
  if (set.metadata.deletionTimestamp) return [];
  const { owned, adopt, release } = claimPods(set, view.pods);
  // Whose pods these are is settled first; that wakes us again.
  if (adopt.length + release.length > 0) {
    return [
      ...release.map((pod) => ({ do: 'release', pod }) as const),
      ...adopt.map((pod) => ({ do: 'adopt', pod }) as const),
    ];
  }
  const places = placesOf(set, owned);
  const names = [
    ...places.slots.map(({ ordinal }) => podNameOf(set, ordinal)),
    ...owned.map(({ metadata }) => metadata.name),
  ];
  // Before any pod: whether data stays is not to wait for one that never becomes ready.
  return [...claimTransfers(set, names, view.claims), ...movePods(set, places, { ...view, now })];
}

interface Circumstances extends View {
  readonly now: Millis;
}

function movePods(set: StatefulSet, { slots, condemned }: Places, about: Circumstances): Action[] {
  const { revisions, now } = about;
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  const filling = isOrdered ? fillInOrder(set, slots, about) : fillAtOnce(set, slots, about);
  if (isOrdered && filling.isWaiting) return [...filling.actions];
  const shrinking = isOrdered ? shrinkInOrder(set, condemned, now) : shrinkAtOnce(condemned);
  if (isOrdered && shrinking.isWaiting) return [...filling.actions, ...shrinking.actions];
  const outdated = rollOut(set, slots, { revision: revisions.update.metadata.name, now });
  return [...filling.actions, ...shrinking.actions, ...outdated.map((pod) => ({ do: 'delete', pod }) as const)];
}

function fillInOrder(set: StatefulSet, slots: readonly Slot[], about: Circumstances): Stage {
  const actions: Action[] = [];
  for (const slot of slots) {
    const needed = repair(set, slot, about);
    // A label that is missing keeps nobody from serving.
    if (needed.some((action) => action.do !== 'update')) return { actions: [...actions, ...needed], isWaiting: true };
    const { pod } = slot;
    if (!pod || isTerminating(pod) || !isRunningAndAvailable(set, pod, about.now)) return { actions, isWaiting: true };
    actions.push(...needed);
  }
  return { actions, isWaiting: false };
}

function fillAtOnce(set: StatefulSet, slots: readonly Slot[], about: Circumstances): Stage {
  return { actions: slots.flatMap((slot) => repair(set, slot, about)), isWaiting: false };
}

/**
 * What one place needs to have a pod that may run. A claim that was deleted is made anew while its pod waits for it
 * (stateful_set_control.go, createMissingPersistentVolumeClaims): one that has started has its disk.
 */
function repair(set: StatefulSet, { ordinal, pod }: Slot, { revisions, claims }: Circumstances): Action[] {
  if (!pod) return [{ do: 'create', pod: podOf(set, ordinal, versionOf(set, ordinal, revisions)) }];
  if (isTerminating(pod)) return [];
  // Its successor is created once it is gone: the ordinal is never there twice.
  if (isFinished(pod)) {
    return [{ do: 'delete', pod, because: pod.status?.phase === 'Failed' ? 'failed' : 'terminated' }];
  }
  const missing = pod.status?.phase === 'Pending' ? missingClaims(set, pod.metadata.name, claims) : [];
  const identified = withIdentity(pod, ordinal);
  return [
    ...missing.map((claim) => ({ do: 'createClaim', pod, claim }) as const),
    ...(identified === pod ? [] : [{ do: 'update', pod: identified } as const]),
  ];
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
