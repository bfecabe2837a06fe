import type { Pod } from '../../../api/types.ts';
import { backoffMs } from '../../../lib/backoff.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { PodInfo } from '../pod-info.ts';
import { type ClusterEvent, mayHelp } from './cluster-events.ts';
import { Heap } from './heap.ts';

/** A pod that waits for a node. */
export interface QueuedPod {
  info: PodInfo;
  /** Failed attempts in a row. */
  attempts: number;
  state: 'active' | 'backingOff' | 'unschedulable' | 'taken';
  /** When it came to the state it is in; of equal priority, who came first goes first. */
  since: Millis;
  order: number;
  /** Not tried again before, unless nobody else is to be tried. */
  heldUntil: Millis;
  /** It was not refused: something failed, and would fail again at once. */
  hasFailed: boolean;
  rejectedBy: ReadonlySet<string>;
}

/** kube-scheduler's podInitialBackoffSeconds and podMaxBackoffSeconds. */
const BACKOFF = { baseMs: 1000, maxMs: 10_000 };
/** A pod that no event helped is tried again after this, in case one should have. */
const MAX_UNSCHEDULABLE_MS = 5 * 60_000;

/**
 * Pods without a node: those to be tried, by priority and then age; those that failed and are held back; and those that wait
 * for the cluster to change. When nobody else is to be tried, a refused pod is not held back: it costs nobody anything.
 */
export class SchedulingQueue {
  readonly #pods = new Map<string, QueuedPod>();
  /** Those of them that wait for a change: events come often, and must not be told to all. */
  readonly #unschedulable = new Set<QueuedPod>();
  readonly #active = new Heap<QueuedPod>(isFirst);
  readonly #backingOff = new Heap<QueuedPod>((a, b) => a.heldUntil < b.heldUntil);
  #order = 0;

  has(uid: string): boolean {
    return this.#pods.has(uid);
  }

  /** A new pod, or a known one that has changed so that it is worth trying again. */
  add(info: PodInfo, now: Millis): void {
    const known = this.#pods.get(info.uid);
    if (known) {
      known.info = info;
      if (known.state === 'unschedulable') this.#retry(known, now);
      return;
    }
    const pod: QueuedPod = {
      info,
      attempts: 0,
      state: 'active',
      since: now,
      order: this.#order++,
      heldUntil: 0,
      hasFailed: false,
      rejectedBy: new Set(),
    };
    this.#pods.set(info.uid, pod);
    this.#activate(pod, now);
  }

  /** The same pod with another status: no reason to try again. */
  refresh(pod: Pod): void {
    const known = this.#pods.get(pod.metadata.uid ?? '');
    if (known) known.info = { ...known.info, pod };
  }

  remove(uid: string): void {
    // Heaps are not searched: what comes out of them and is not here any more is passed over.
    const pod = this.#pods.get(uid);
    this.#pods.delete(uid);
    if (pod) this.#unschedulable.delete(pod);
  }

  /** The pod to try next, which is then out of the queue until it is given back. */
  pop(now: Millis): QueuedPod | undefined {
    this.#endBackoff(now);
    const pod = this.#next(this.#active, 'active') ?? this.#nextRefused();
    if (pod) pod.state = 'taken';
    return pod;
  }

  /** There was no node for it. */
  refused(pod: QueuedPod, rejectedBy: ReadonlySet<string>, now: Millis): void {
    this.#giveBack(pod, now);
    Object.assign(pod, { state: 'unschedulable', rejectedBy, hasFailed: false });
    this.#unschedulable.add(pod);
  }

  /** It could not be done: again after its back-off. */
  failed(pod: QueuedPod, now: Millis): void {
    this.#giveBack(pod, now);
    pod.hasFailed = true;
    this.#holdBack(pod);
  }

  onEvent(event: ClusterEvent, now: Millis): void {
    for (const pod of this.#unschedulable) if (mayHelp(event, pod.rejectedBy)) this.#retry(pod, now);
  }

  /** Tries again this pod, if it waits for a change. */
  retry(uid: string, now: Millis): void {
    const pod = this.#pods.get(uid);
    if (pod?.state === 'unschedulable') this.#retry(pod, now);
  }

  /** Tries again all that have waited for very long. @returns them */
  flush(now: Millis): PodInfo[] {
    const old = [...this.#unschedulable].filter(({ since }) => now - since > MAX_UNSCHEDULABLE_MS);
    for (const pod of old) this.#retry(pod, now);
    return old.map(({ info }) => info);
  }

  /** When the next pod that is held back may be tried; undefined when none is. */
  get heldUntil(): Millis | undefined {
    return this.#backingOff.peek()?.heldUntil;
  }

  #giveBack(pod: QueuedPod, now: Millis): void {
    if (!this.#pods.has(pod.info.uid)) this.#pods.set(pod.info.uid, pod);
    pod.attempts += 1;
    pod.since = now;
    pod.heldUntil = now + backoffMs(pod.attempts, BACKOFF);
  }

  #retry(pod: QueuedPod, now: Millis): void {
    this.#unschedulable.delete(pod);
    if (pod.heldUntil > now) this.#holdBack(pod);
    else this.#activate(pod, now);
  }

  #holdBack(pod: QueuedPod): void {
    pod.state = 'backingOff';
    this.#backingOff.push(pod);
  }

  #activate(pod: QueuedPod, now: Millis): void {
    pod.state = 'active';
    pod.since = now;
    this.#active.push(pod);
  }

  #endBackoff(now: Millis): void {
    for (let pod = this.#backingOff.peek(); pod && pod.heldUntil <= now; pod = this.#backingOff.peek()) {
      this.#backingOff.pop();
      if (this.#isIn(pod, 'backingOff')) this.#activate(pod, now);
    }
  }

  /** Of those held back, one that was only refused. Those that failed stay. */
  #nextRefused(): QueuedPod | undefined {
    const failed: QueuedPod[] = [];
    let found: QueuedPod | undefined;
    while (!found && this.#backingOff.size > 0) {
      const pod = this.#next(this.#backingOff, 'backingOff');
      if (pod?.hasFailed) failed.push(pod);
      else found = pod;
    }
    for (const pod of failed) this.#backingOff.push(pod);
    return found;
  }

  #next(heap: Heap<QueuedPod>, state: QueuedPod['state']): QueuedPod | undefined {
    for (let pod = heap.pop(); pod; pod = heap.pop()) if (this.#isIn(pod, state)) return pod;
    return undefined;
  }

  #isIn(pod: QueuedPod, state: QueuedPod['state']): boolean {
    return pod.state === state && this.#pods.get(pod.info.uid) === pod;
  }
}

function isFirst(a: QueuedPod, b: QueuedPod): boolean {
  if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
  return a.since === b.since ? a.order < b.order : a.since < b.since;
}
