import { NAMESPACE } from '../../api/kinds/namespace.ts';
import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { POD } from '../../api/kinds/pod.ts';
import { POD_DISRUPTION_BUDGET } from '../../api/kinds/pod-disruption-budget.ts';
import { SECRET } from '../../api/kinds/secret.ts';
import { STORAGE_CLASS } from '../../api/kinds/storage-class.ts';
import { keyOf, keyText } from '../../api/registry.ts';
import type { Pod, Secret } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import type { EventRecorder, ObjectCache, ResourceClient } from '../resource-client.ts';
import { ClaimBinder } from './claim-binder.ts';
import { ClusterState } from './cluster-state.ts';
import { ClusterWatcher, type WaitingPods } from './cluster-watcher.ts';
import { type NoPlacement, type Placement, schedule } from './cycle.ts';
import { type ImagePlatformParts, ImagePlatforms } from './images/image-platforms.ts';
import { kinSelector } from './kin.ts';
import { podInfo } from './pod-info.ts';
import { Evictor } from './preemption/evictor.ts';
import { preempt } from './preemption/preempt.ts';
import type { ClusterEvent } from './queue/cluster-events.ts';
import { type QueuedPod, SchedulingQueue } from './queue/scheduling-queue.ts';
import { StatusWriter } from './status-writer.ts';
import { PromisedStorage } from './volumes/promised-storage.ts';
import type { StorageView } from './volumes/storage-view.ts';

const COMPONENT = 'default-scheduler';
/** So long decisions are made in a row: API requests wait no longer than this for their turn. */
const TURN_MS = 5;
/** So many bindings are on their way at most: together they share the disk's syncs. */
const MAX_BINDINGS = 128;
const FLUSH_MS = 30_000;

export interface SchedulerParts {
  readonly client: ResourceClient;
  readonly cache: ObjectCache;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Knows what images were built for. */
  readonly registry: ImagePlatformParts['registry'];
}

/**
 * Gives every pod without a node one. Decisions are made one after the other, each on top of the ones before it; what they
 * lead to is written meanwhile.
 */
export class Scheduler implements Part {
  readonly name = 'scheduler';
  readonly #parts: SchedulerParts;
  readonly #state: ClusterState;
  readonly #queue = new SchedulingQueue();
  readonly #watcher: ClusterWatcher;
  readonly #evictor: Evictor;
  readonly #status: StatusWriter;
  readonly #claims: ClaimBinder;
  readonly #images: ImagePlatforms;
  /** Pods, by uid, of whose images too little is known yet. */
  readonly #learning = new Map<string, Pod>();
  readonly #writing = new Set<Promise<void>>();
  #bindings = 0;
  #startAt = 0;
  #isRunning = false;
  #isTurnComing = false;
  #cancelWake: (() => void) | undefined;
  #cancelFlush: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(parts: SchedulerParts) {
    const { cache, client, events, clock, log } = parts;
    this.#parts = parts;
    const storage = new PromisedStorage(storageView(cache));
    this.#claims = new ClaimBinder(parts, storage);
    this.#state = new ClusterState({
      storage,
      namespaceLabels: (name) => cache.get(NAMESPACE, { namespace: '', name })?.metadata.labels ?? {},
      kinSelector: (pod) => kinSelector(cache, pod),
      architecturesOf: (image) => this.#images.architecturesOf(image),
    });
    this.#images = new ImagePlatforms({
      registry: parts.registry,
      secretsOf: (pod) => pullSecrets(cache, pod),
      onKnown: () => this.#happened('imageKnown'),
      clock,
      log,
    });
    this.#watcher = new ClusterWatcher(this.#state, this.#waitingPods(), COMPONENT);
    this.#evictor = new Evictor({ client, events, clock }, COMPONENT);
    this.#status = new StatusWriter({ client, events, clock }, COMPONENT);
  }

  start(): void {
    this.#isRunning = true;
    this.#unsubscribe = this.#watcher.start(this.#parts.cache);
    this.#flushLater();
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#unsubscribe?.();
    this.#cancelWake?.();
    this.#cancelFlush?.();
    this.#images.stop();
    await Promise.allSettled(this.#writing);
  }

  #waitingPods(): WaitingPods {
    return {
      waits: (pod, isWorthTrying) => {
        const { uid = '' } = pod.metadata;
        if (this.#state.isAssumed(uid)) return;
        if (this.#learning.has(uid)) this.#learning.set(uid, pod);
        else if (isWorthTrying) this.#learnThenQueue(pod);
        else this.#queue.refresh(pod);
      },
      waitsNoMore: (uid) => {
        this.#learning.delete(uid);
        this.#queue.remove(uid);
      },
      happened: (event) => this.#happened(event),
    };
  }

  #happened(event: ClusterEvent): void {
    this.#queue.onEvent(event, this.#parts.clock.monotonic());
    this.#wake();
  }

  /** Before a pod is decided on, registries are asked what its images were built for, where that matters. */
  #learnThenQueue(pod: Pod): void {
    const { uid = '' } = pod.metadata;
    const learned = this.#images.learn(pod, (image) => this.#state.mayLackPlatform(image));
    if (!learned) {
      this.#enqueue(pod);
      return;
    }
    this.#learning.set(uid, pod);
    this.#inBackground(async () => {
      await learned;
      const waiting = this.#learning.get(uid);
      if (this.#learning.delete(uid) && waiting && this.#isRunning) this.#enqueue(waiting);
    });
  }

  #enqueue(pod: Pod): void {
    this.#queue.add(podInfo(pod), this.#parts.clock.monotonic());
    this.#wake();
  }

  #wake(): void {
    if (!this.#isRunning || this.#isTurnComing) return;
    this.#isTurnComing = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isTurnComing = false;
    if (!this.#isRunning) return;
    const { clock } = this.#parts;
    const end = performance.now() + TURN_MS;
    // Whoever ends a binding wakes us again.
    while (this.#bindings < MAX_BINDINGS) {
      const next = this.#queue.pop(clock.monotonic());
      if (!next) {
        this.#wakeLater();
        return;
      }
      this.#decide(next);
      if (performance.now() > end) {
        this.#wake();
        return;
      }
    }
  }

  /** When a pod that is held back may be tried. */
  #wakeLater(): void {
    const { clock } = this.#parts;
    this.#cancelWake?.();
    const at = this.#queue.heldUntil;
    this.#cancelWake =
      at === undefined ? undefined : clock.after(Math.max(0, at - clock.monotonic()), () => this.#wake());
  }

  #flushLater(): void {
    const { clock } = this.#parts;
    this.#cancelFlush = clock.after(FLUSH_MS, () => {
      for (const { pod } of this.#queue.flush(clock.monotonic())) {
        // What was behind a tag may have changed. Nobody waits for the answer.
        void this.#images.learn(pod, (image) => this.#state.mayLackPlatform(image));
      }
      this.#wake();
      this.#flushLater();
    });
  }

  #decide(queued: QueuedPod): void {
    const { log, clock } = this.#parts;
    const { info } = queued;
    try {
      const outcome = schedule(info, this.#state, this.#startAt);
      if (outcome.node === undefined) this.#onNoPlacement(queued, outcome);
      else this.#onPlacement(queued, outcome);
    } catch (err) {
      log.error({ pod: keyText(keyOf(info.pod)), err }, 'a pod could not be scheduled; it will be tried again');
      this.#queue.failed(queued, clock.monotonic());
    }
  }

  #onPlacement(queued: QueuedPod, { node, looked }: Placement): void {
    const { info } = queued;
    this.#parts.log.debug({ pod: keyText(keyOf(info.pod)), node }, 'scheduling decision');
    const found = this.#state.node(node);
    if (found) this.#claims.promise(info.pod, found.node);
    this.#startAt = (this.#startAt + looked) % this.#state.nodes.length;
    this.#state.assume(info, node);
    this.#queue.remove(info.uid);
    this.#bindings += 1;
    this.#inBackground(() => this.#bind(queued, node));
  }

  async #bind(queued: QueuedPod, node: string): Promise<void> {
    const { client, events, log, clock } = this.#parts;
    const { pod, uid } = queued.info;
    try {
      await this.#claims.bind(pod);
      await client.bind(keyOf(pod), uid, node);
      events.record(pod, {
        type: 'Normal',
        reason: 'Scheduled',
        message: `Successfully assigned ${keyText(keyOf(pod))} to ${node}`,
        component: COMPONENT,
      });
    } catch (err) {
      this.#state.forget(uid);
      for (const event of ['podGone', 'storage'] as const) this.#queue.onEvent(event, clock.monotonic());
      const now = this.#parts.cache.get(POD, keyOf(pod));
      // Gone, replaced or bound meanwhile: there is nothing to try again.
      if (now?.metadata.uid !== uid || now.metadata.deletionTimestamp || now.spec.nodeName) return;
      log.warn({ pod: keyText(keyOf(pod)), err }, 'a pod could not be bound; it will be tried again');
      this.#queue.failed(queued, clock.monotonic());
      const message = err instanceof Error ? err.message : String(err);
      this.#inBackground(() => this.#status.failed(now, message));
    } finally {
      this.#bindings -= 1;
      this.#wake();
    }
  }

  /** Others may have to go; until they have, or something else happens, the pod waits. */
  #onNoPlacement(queued: QueuedPod, outcome: NoPlacement): void {
    const { log, clock, cache } = this.#parts;
    const { info } = queued;
    const nominated = this.#state.nominationOf(info.uid);
    const budgets = cache.list(POD_DISRUPTION_BUDGET);
    const decision =
      outcome.refusals.size === 0 ? undefined : preempt({ pod: info, outcome, view: this.#state, budgets, nominated });
    const why = decision && 'why' in decision ? ` preemption: ${decision.why}` : '';
    const message = `${outcome.message}${why}`;
    log.debug({ pod: keyText(keyOf(info.pod)), message, preemption: decision?.do }, 'no node for a pod');
    const rejectedBy = new Set([...outcome.refusals.values()].map(({ plugin }) => plugin));
    this.#queue.refused(queued, rejectedBy, clock.monotonic());
    if (decision?.do === 'evict')
      this.#evict(
        queued,
        decision.node,
        decision.victims.map(({ pod }) => pod),
      );
    else if (decision?.do === 'giveUp') this.#state.nominate(info, undefined);
    const room = this.#state.nominationOf(info.uid);
    this.#inBackground(() => this.#status.unschedulable(info.pod, message, room));
  }

  #evict({ info }: QueuedPod, node: string, victims: readonly Pod[]): void {
    const { log, clock } = this.#parts;
    // Less important pods lose the room that they were promised there.
    for (const other of this.#state.nominatedTo(node)) {
      if (other.priority >= info.priority || other.uid === info.uid) continue;
      this.#state.nominate(other, undefined);
      this.#inBackground(() => this.#status.nominate(other.pod, undefined));
      this.#queue.retry(other.uid, clock.monotonic());
    }
    this.#state.nominate(info, node);
    const facts = { pod: keyText(keyOf(info.pod)), node, victims: victims.map((pod) => keyText(keyOf(pod))) };
    log.info(facts, 'pods have to leave a node for a more important one');
    this.#inBackground(async () => {
      try {
        await this.#evictor.evict(victims, info.pod, node);
      } catch (err) {
        log.warn({ ...facts, err }, 'a pod could not be told to leave; others may be chosen');
        this.#queue.retry(info.uid, clock.monotonic());
        this.#wake();
      }
    });
  }

  #inBackground(work: () => Promise<void>): void {
    const { log } = this.#parts;
    const done: Promise<void> = work()
      .catch((err) => log.warn({ err }, 'the scheduler could not write what it decided'))
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
  }
}

function storageView(cache: ObjectCache): StorageView {
  return {
    claim: (namespace, name) => cache.get(PERSISTENT_VOLUME_CLAIM, { namespace, name }),
    storageClass: (name) => cache.get(STORAGE_CLASS, { namespace: '', name }),
    volumes: () => cache.list(PERSISTENT_VOLUME),
  };
}

function pullSecrets(cache: ObjectCache, { metadata, spec }: Pod): Secret[] {
  return (spec.imagePullSecrets ?? []).flatMap(
    ({ name = '' }) => cache.get(SECRET, { namespace: metadata.namespace ?? '', name }) ?? [],
  );
}
