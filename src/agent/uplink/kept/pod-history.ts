import { isDeepStrictEqual } from 'node:util';
import type { Pod, PodStatus } from '../../../api/types.ts';
import { isTerminal } from '../../pods/pod-facts.ts';
import type { DurableMap } from './durable-map.ts';

/** Ends remembered: beyond that the oldest are forgotten. */
const MAX_ENDED = 500;

/** Of a pod that the master gives out a second time, as happens when it was restored from a backup. */
const ENDED_REASON = 'AlreadyEnded';
const ENDED_MESSAGE =
  'This node ran the pod to its end before the cluster forgot it: a pod is never run twice under one uid.';

/** What is remembered of one pod beside its object. */
export interface PodPast {
  /** What this node said last at a turning point: its start, a new phase, ready or not any more. */
  readonly status: PodStatus | undefined;
  /** The pod was on this node and left it; '' when it had not ended by itself. */
  readonly endedAs: string | undefined;
}

/**
 * A pod as this node must take it, whatever the master says: one that has run its course, or was taken away here, is not run
 * again. Otherwise the master's word counts; what it has not heard yet (a start time) is put in.
 * @param isKept the master's word is what was kept of it, and older than this node's own
 * @returns the pod itself when there is nothing to add
 */
export function asRemembered(pod: Pod, { status, endedAs }: PodPast, isKept = false): Pod {
  if (isTerminal(pod.status?.phase)) return pod;
  if (status && isTerminal(status.phase)) return { ...pod, status: { ...pod.status, ...status } };
  if (endedAs !== undefined) {
    if (pod.metadata.deletionTimestamp !== undefined) return pod;
    const phase = endedAs === 'Succeeded' ? 'Succeeded' : 'Failed';
    return { ...pod, status: { ...pod.status, phase, reason: ENDED_REASON, message: ENDED_MESSAGE } };
  }
  return status && (isKept || !pod.status?.startTime) ? { ...pod, status: { ...pod.status, ...status } } : pod;
}

function turningPoint({ phase, startTime, conditions = [], containerStatuses = [] }: PodStatus): unknown[] {
  const ready = containerStatuses.filter((container) => container.ready).map(({ containerID }) => containerID);
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return [phase, startTime, isReady, ready];
}

/** What this node remembers of its pods on disk: the status at each turning point, and how those ended that have left it. */
export class PodHistory {
  readonly #kept: DurableMap;

  constructor(kept: DurableMap) {
    this.#kept = kept;
  }

  of(uid: string): PodPast {
    return { status: this.#statusOf(uid), endedAs: this.#kept.get(`ended/${uid}`) };
  }

  /**
   * @returns whether that is a turning point. Restarts the engine itself remembers; which containers were ready it does not know, and an
   * agent that is started anew must not take ready pods out of their Services until it has probed them.
   */
  told(uid: string, status: PodStatus): boolean {
    const before = this.#statusOf(uid);
    if (before && isDeepStrictEqual(turningPoint(before), turningPoint(status))) return false;
    this.#kept.set(`status/${uid}`, JSON.stringify(status));
    return true;
  }

  /** The pod is not to be on this node any more. */
  left(uid: string): void {
    const phase = this.#statusOf(uid)?.phase;
    this.#kept.delete(`status/${uid}`);
    this.#kept.set(`ended/${uid}`, isTerminal(phase) ? (phase ?? '') : '');
    const surplus = [...this.#kept.entries('ended/')].slice(0, -MAX_ENDED);
    for (const [key] of surplus) this.#kept.delete(key);
  }

  #statusOf(uid: string): PodStatus | undefined {
    const text = this.#kept.get(`status/${uid}`);
    return text === undefined ? undefined : (JSON.parse(text) as PodStatus);
  }
}
