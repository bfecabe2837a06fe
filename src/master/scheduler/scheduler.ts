import { NODE } from '../../api/kinds/node.ts';
import { POD } from '../../api/kinds/pod.ts';
import { ApiError } from '../../api/meta/errors.ts';
import { keyOf, keyText, type ObjectKey } from '../../api/registry.ts';
import type { Pod, PodCondition } from '../../api/types.ts';
import { type Clock, toRfc3339 } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { Change, EventRecorder, ObjectCache, ResourceClient } from '../resource-client.ts';
import { schedule } from './cycle.ts';
import type { NodeInfo } from './framework.ts';
import { nodeInfo } from './resources.ts';

const COMPONENT = 'default-scheduler';

export interface SchedulerParts {
  readonly client: ResourceClient;
  readonly cache: ObjectCache;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Gives every pod without a node one. Pods that fit nowhere wait until a node or another pod changes. */
export class Scheduler implements Part {
  readonly name = 'scheduler';
  readonly #parts: SchedulerParts;
  readonly #queue: Workqueue;
  /** Bound by us but not seen bound in the cache yet, by uid: they hold their resources already. */
  readonly #assumed = new Map<string, { pod: Pod; node: string }>();
  readonly #unschedulable = new Map<string, ObjectKey>();
  #unsubscribe: (() => void)[] = [];

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    // One at a time: each decision counts on the one before it.
    this.#queue = new Workqueue(
      {
        name: 'scheduler',
        clock: parts.clock,
        log: parts.log,
        concurrency: 1,
        backoff: { baseMs: 1000, maxMs: 10_000 },
      },
      (key) => this.#scheduleOne(key),
    );
  }

  start(): void {
    const { cache } = this.#parts;
    this.#unsubscribe = [
      cache.subscribe(POD, (change) => this.#onPod(change)),
      cache.subscribe(NODE, () => this.#retryUnschedulable()),
    ];
    this.#queue.start();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
  }

  #onPod(change: Change<Pod>): void {
    const pod = change.object;
    if (change.type === 'deleted' || pod.spec.nodeName) {
      this.#assumed.delete(pod.metadata.uid ?? '');
      this.#unschedulable.delete(keyText(keyOf(pod)));
    }
    if (change.type === 'deleted' || isFinished(pod)) this.#retryUnschedulable();
    else if (isWaiting(pod) && !hasOnlyStatusChanged(change)) this.#queue.add(keyText(keyOf(pod)));
  }

  #retryUnschedulable(): void {
    for (const key of this.#unschedulable.keys()) this.#queue.add(key);
    this.#unschedulable.clear();
  }

  async #scheduleOne(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const pod = this.#parts.cache.get(POD, { namespace, name });
    if (!pod || !isWaiting(pod) || this.#assumed.has(pod.metadata.uid ?? '')) return;
    const outcome = schedule(pod, this.#nodes());
    this.#parts.log.debug({ pod: key, ...outcome }, 'scheduling decision');
    if (outcome.node !== undefined) await this.#bind(pod, outcome.node);
    else await this.#reportUnschedulable(pod, outcome.message);
  }

  /** Nodes with the pods that hold something on them: bound ones of the cache, and those we have just bound. */
  #nodes(): NodeInfo[] {
    const { cache } = this.#parts;
    const byNode = new Map<string, Pod[]>();
    const place = (node: string, pod: Pod) => {
      const pods = byNode.get(node);
      if (pods) pods.push(pod);
      else byNode.set(node, [pod]);
    };
    for (const pod of cache.list(POD)) {
      if (pod.spec.nodeName && !isFinished(pod)) place(pod.spec.nodeName, pod);
    }
    for (const { pod, node } of this.#assumed.values()) place(node, pod);
    return cache.list(NODE).map((node) => nodeInfo(node, byNode.get(node.metadata.name) ?? []));
  }

  async #bind(pod: Pod, node: string): Promise<void> {
    const { client, events } = this.#parts;
    const uid = pod.metadata.uid ?? '';
    this.#assumed.set(uid, { pod, node });
    try {
      await client.bind(keyOf(pod), uid, node);
    } catch (error) {
      this.#assumed.delete(uid);
      // Gone, replaced or bound meanwhile: the cache will say so, there is nothing to try again.
      if (error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return;
      throw error;
    }
    events.record(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${keyText(keyOf(pod))} to ${node}`,
      component: COMPONENT,
    });
  }

  async #reportUnschedulable(pod: Pod, message: string): Promise<void> {
    const { client, clock, events } = this.#parts;
    this.#unschedulable.set(keyText(keyOf(pod)), keyOf(pod));
    const condition = (pod.status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
    if (condition?.status === 'False' && condition.message === message) return;
    events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, component: COMPONENT });
    const updated = withCondition(pod, {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: condition?.status === 'False' ? condition.lastTransitionTime : toRfc3339(clock.now()),
    });
    try {
      await client.update(POD, updated, { subresource: 'status' });
    } catch (error) {
      if (!(error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict'))) throw error;
    }
  }
}

function isWaiting(pod: Pod): boolean {
  const isOurs = !pod.spec.schedulerName || pod.spec.schedulerName === COMPONENT;
  const isGated = (pod.spec.schedulingGates ?? []).length > 0;
  return isOurs && !isGated && !pod.spec.nodeName && !pod.metadata.deletionTimestamp && !isFinished(pod);
}

function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Our own condition coming back is no reason to try again. Generation rises with every change of spec; labels don't matter here. */
function hasOnlyStatusChanged(change: Change<Pod>): boolean {
  return change.type === 'modified' && change.previous.metadata.generation === change.object.metadata.generation;
}

function withCondition(pod: Pod, condition: PodCondition): Pod {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
