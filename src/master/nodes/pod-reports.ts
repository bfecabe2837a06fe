import { POD } from '../../api/kinds/pod.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { Pod, PodStatus } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { PodGone, PodReport } from '../../rpc/messages.ts';
import type { ResourceClient } from '../resource-client.ts';
import { parsePodStatus } from './parse.ts';
import { mergePodStatus } from './pod-status.ts';

interface Pending {
  readonly nodeName: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  status?: PodStatus;
  isGone?: true;
}

/** Whether this node may say anything about this pod. */
function isOwn(pod: Pod, nodeName: string, uid: string): boolean {
  return pod.metadata.uid === uid && pod.spec.nodeName === nodeName;
}

/** Takes what agents say of their pods into the API: the newest status of each pod, one write at a time per pod. */
export class PodReports {
  readonly #client: ResourceClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #queue: Workqueue;
  readonly #pending = new Map<string, Pending>();
  /** Nodes that sent a status that does not read: the log has heard of them. */
  readonly #refused = new Set<string>();

  constructor(options: {
    readonly client: ResourceClient;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    const { clock, log } = options;
    this.#client = options.client;
    this.#clock = clock;
    this.#log = log;
    const backoff = { baseMs: 20, maxMs: 10_000 };
    // Many at once, so that the store puts them to disk with one sync.
    this.#queue = new Workqueue({ name: 'pod-status', clock, log, concurrency: 64, backoff }, (key) =>
      this.#reconcile(key),
    );
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  /** A status that does not read is passed over, and the node is heard on: its other pods have done nothing wrong. */
  report(nodeName: string, report: PodReport): void {
    const status = this.#read(nodeName, report);
    if (status) this.#pendingOf(nodeName, report).status = status;
  }

  gone(nodeName: string, report: PodGone): void {
    this.#pendingOf(nodeName, report).isGone = true;
  }

  /** @returns undefined for one that is no PodStatus; said once of each node, which may say it every few seconds. */
  #read(nodeName: string, { namespace, name, status }: PodReport): PodStatus | undefined {
    try {
      return parsePodStatus(status);
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      if (!this.#refused.has(nodeName)) {
        this.#log.error({ node: nodeName, pod: `${namespace}/${name}`, err }, 'a node sends a pod status that is none');
      }
      this.#refused.add(nodeName);
      return undefined;
    }
  }

  #pendingOf(nodeName: string, { namespace, name, uid }: PodGone): Pending {
    // By node too: what one node says of a pod must not mix with what another one says.
    const key = `${nodeName}/${uid}`;
    const pending = this.#pending.get(key) ?? { nodeName, namespace, name, uid };
    this.#pending.set(key, pending);
    this.#queue.add(key);
    return pending;
  }

  async #reconcile(key: string): Promise<void> {
    const pending = this.#pending.get(key);
    if (!pending) return;
    const { status, isGone } = pending;
    const pod = await this.#find(pending);
    if (!pod || !isOwn(pod, pending.nodeName, pending.uid)) {
      if (pod) this.#log.warn({ node: pending.nodeName, pod: key }, 'a report about a pod that is not the node’s');
    } else {
      if (status && !(await this.#writeStatus(pod, status))) {
        this.#queue.add(key); // changed under our hands: read it again
        return;
      }
      if (isGone) await this.#remove(pod);
    }
    // Something newer may have come during the writes.
    if (pending.status === status && pending.isGone === isGone) this.#pending.delete(key);
    else this.#queue.add(key);
  }

  async #find({ namespace, name }: Pending): Promise<Pod | undefined> {
    try {
      return await this.#client.get(POD, { namespace, name });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  /** @returns false when somebody else changed the pod meanwhile. */
  async #writeStatus(pod: Pod, reported: PodStatus): Promise<boolean> {
    const status = mergePodStatus(pod, reported, this.#clock.now());
    if (!status) return true;
    try {
      await this.#client.update(POD, { ...pod, status }, { subresource: 'status' });
    } catch (err) {
      const reason = err instanceof ApiError ? err.reason : 'InternalError';
      if (reason === 'Conflict') return false;
      if (reason !== 'NotFound' && reason !== 'Invalid') throw err;
      // Gone meanwhile, or wrong for good: trying again would not help.
      if (reason === 'Invalid') this.#log.error({ pod: pod.metadata.name, err }, 'a pod status was refused');
    }
    return true;
  }

  /** Removes the object of a pod that was deleted and has now ended. One that nobody deleted stays: its node will start it again. */
  async #remove(pod: Pod): Promise<void> {
    const { namespace = '', name, uid, deletionTimestamp } = pod.metadata;
    if (!deletionTimestamp) return;
    const options = { gracePeriodSeconds: 0, ...(uid ? { preconditions: { uid } } : {}) };
    try {
      await this.#client.delete(POD, { namespace, name }, options);
    } catch (error) {
      const isDone = error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict');
      if (!isDone) throw error; // Conflict: the name is another pod's by now
    }
  }
}
