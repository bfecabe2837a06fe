import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../api/types.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { Assignments, Reports } from '../assignments.ts';
import type { Eviction } from '../eviction/eviction-manager.ts';
import { Removals } from '../eviction/removals.ts';
import type { PodNetwork } from '../network/network.ts';
import { type ImageInfo, type ObservedContainer, type Runtime, RuntimeError } from '../runtime/runtime.ts';
import type { Standings } from '../services/endpoint-role.ts';
import { volumesDirOf } from '../volumes/claim.ts';
import { MemoryMounts } from '../volumes/memory-mounts.ts';
import { PodVolumes } from '../volumes/pod-volumes.ts';
import { hasBegun, type Refusal } from './admission.ts';
import { type DnsSettings, HostFiles } from './host-files.ts';
import { Limiter } from './limiter.ts';
import { ContainerWork } from './perform/container-work.ts';
import { HookWork } from './perform/hook-work.ts';
import { ImageWork } from './perform/image-work.ts';
import { Performer } from './perform/performer.ts';
import { type NodeFacts, SandboxWork } from './perform/sandbox-work.ts';
import { PodEvents } from './pod-events.ts';
import { isTerminal } from './pod-facts.ts';
import { RuntimeHealth } from './runtime-health.ts';
import { TerminationLogs } from './termination-log.ts';
import { PodWorker, signatureOf } from './worker.ts';

export interface PodManagerOptions {
  readonly runtime: Runtime;
  readonly network: PodNetwork;
  readonly assignments: Assignments;
  readonly reports: Reports;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dataDir: string;
  /** Asked each time: the master tells it when the session opens. */
  readonly settings: () => DnsSettings;
  readonly node: () => NodeFacts;
  /** `bootOfMachine`. */
  readonly boot: string;
  /** Of this node with the master: pods that must not run twice are stopped without. */
  readonly contact: { readonly silenceMs: Millis; subscribe(listener: () => void): () => void };
  /** The master's node-monitor-grace-period. */
  readonly graceMs: () => Millis;
  /** What Services make of the pods of this node. */
  readonly standings: Standings;
  /** Why this node takes no pod like this one now; undefined when it does. */
  readonly refusal: (pod: Pod, held: readonly Pod[]) => Refusal | undefined;
  readonly onPulled: (image: ImageInfo, wasHere: boolean) => Promise<void>;
}

/** Pods that are worked on at once: starting a container is the engine's work, more only wait for one another there. */
const PARALLEL_PODS = 8;
/** Pulls share one link and one disk. */
const PARALLEL_PULLS = 4;
/** Corrects what an event missed. */
const RELIST_MS = 60_000;
/** Timers of more than 24.8 days fire at once; a pod's deadline may be years away. An early alarm only looks again. */
const MAX_ALARM_MS = 3_600_000;
/** How soon a lost event stream, or an engine that is away, is tried again. */
const RECONNECT = { baseMs: 250, maxMs: 5_000 };

/** All pods of this node: one worker each, woken by assignments, the engine's events, alarms and a slow relist. */
export class PodManager implements Part {
  readonly name = 'pods';
  readonly runtimeHealth: RuntimeHealth;
  readonly #options: PodManagerOptions;
  readonly #podsDir: string;
  readonly #performer: Performer;
  readonly #events: PodEvents;
  readonly #terminationLogs: TerminationLogs;
  readonly #removals: Removals;
  readonly #queue: Workqueue;
  readonly #workers = new Map<string, PodWorker>();
  readonly #stopping = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #unsubscribe: () => void = () => {};

  constructor(options: PodManagerOptions) {
    this.#options = options;
    this.#podsDir = join(options.dataDir, 'pods');
    this.#events = new PodEvents(options.reports);
    this.#terminationLogs = new TerminationLogs(this.#podsDir, options.runtime);
    this.#performer = performerOf({
      ...options,
      podsDir: this.#podsDir,
      events: this.#events,
      terminationLogs: this.#terminationLogs,
    });
    this.runtimeHealth = new RuntimeHealth(options.clock);
    const { clock, log } = options;
    this.#removals = new Removals(log);
    this.#queue = new Workqueue({ name: 'pods', clock, log, concurrency: PARALLEL_PODS }, (uid, signal) =>
      this.#work(uid, signal),
    );
  }

  start(): void {
    const { assignments, contact, standings } = this.#options;
    let wasComplete = assignments.isComplete;
    const unsubscribe = assignments.subscribe((uid) => {
      this.#queue.add(uid);
      // From the first whole snapshot on, what is here and not in it is to go.
      if (assignments.isComplete && !wasComplete) this.#sweepInBackground();
      wasComplete = assignments.isComplete;
    });
    const disregard = contact.subscribe(() => this.wakeAll());
    const forsake = standings.subscribe(() => this.#wakeLeaving());
    this.#unsubscribe = () => {
      unsubscribe();
      disregard();
      forsake();
    };
    this.#queue.start();
    this.wakeAll();
    this.#loops = Promise.all([this.#followEvents(), this.#relistNowAndThen()]);
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#stopping.abort(new Error('the agent is stopping'));
    await this.#queue.stop();
    await Promise.allSettled([...this.#workers.values()].map((worker) => worker.stop()));
    await this.#loops;
  }

  /** Looks at every assigned pod again: something that concerns all of them changed (the network is ready). */
  wakeAll(): void {
    for (const uid of this.#options.assignments.pods.keys()) this.#queue.add(uid);
    for (const uid of this.#workers.keys()) this.#queue.add(uid);
  }

  /** A deleted pod waits for the Services to leave it. */
  #wakeLeaving(): void {
    for (const [uid, { metadata }] of this.#options.assignments.pods)
      if (metadata.deletionTimestamp !== undefined) this.#queue.add(uid);
  }

  /** Pods that are to run here, and are neither over nor on their way out. */
  activePods(): Pod[] {
    return [...this.#workers]
      .filter(([, worker]) => !worker.isEvicted)
      .map(([uid]) => this.#options.assignments.pods.get(uid))
      .filter((pod) => pod !== undefined)
      .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && !isTerminal(status?.phase));
  }

  /** Pods that were taken in before this one and are not over: what they have, it cannot get. */
  #heldBeside(uid: string): Pod[] {
    return [...this.#options.assignments.pods]
      .filter(([other, pod]) => other !== uid && (this.#workers.get(other)?.isAdmitted || hasBegun(pod)))
      .map(([, pod]) => pod)
      .filter(({ status }) => !isTerminal(status?.phase));
  }

  /** Ends a pod for the node's sake. Resolves when nothing of it runs any more. */
  async evict(pod: Pod, eviction: Eviction): Promise<void> {
    const worker = this.#workers.get(pod.metadata.uid ?? '');
    if (!worker) return;
    const over = worker.evict(pod, eviction);
    this.#queue.add(pod.metadata.uid ?? '');
    await over;
  }

  /** Takes away the ended containers of pods that are over: their logs go for the node's sake. Throws when the engine is away. */
  async removeEndedContainers(): Promise<void> {
    const { runtime, assignments } = this.#options;
    const ended = (await runtime.list()).filter(
      ({ state, podUid }) => state !== 'running' && isTerminal(assignments.pods.get(podUid)?.status?.phase),
    );
    await this.#removals.round(ended, async ({ id }) => {
      await runtime.removeContainer(id);
      return true;
    });
  }

  /** Compares the whole engine and the disk with what is known, and wakes the pods that differ. Throws when the engine is away. */
  async sweep(): Promise<void> {
    const { runtime, assignments } = this.#options;
    const observed = Map.groupBy(await runtime.list(), (container) => container.podUid);
    this.#engineIsUp();
    for (const [uid, containers] of observed) this.#wakeIfChanged(uid, containers);
    for (const uid of [...assignments.pods.keys(), ...(await this.#directories())]) {
      if (!this.#workers.has(uid)) this.#queue.add(uid);
    }
    for (const [uid, worker] of this.#workers) {
      if (!observed.has(uid) && worker.signature !== '') this.#queue.add(uid);
    }
  }

  #wakeIfChanged(uid: string, containers: readonly ObservedContainer[]): void {
    if (this.#workers.get(uid)?.signature !== signatureOf(containers)) this.#queue.add(uid);
  }

  async #work(uid: string, signal: AbortSignal): Promise<void> {
    const { assignments, clock } = this.#options;
    // Before the first whole snapshot nothing that runs may be judged unwanted.
    if (!assignments.isComplete && !assignments.pods.has(uid)) return;
    const worker = this.#workers.get(uid) ?? this.#newWorker(uid);
    try {
      const { isProgress, wakeAt, isRetired } = await worker.pass(signal);
      if (isRetired && !assignments.pods.has(uid)) this.#workers.delete(uid);
      else if (isProgress) this.#queue.add(uid);
      else if (wakeAt !== undefined) this.#queue.addAfter(uid, Math.min(wakeAt - clock.now(), MAX_ALARM_MS));
    } catch (error) {
      if (!(error instanceof RuntimeError && error.code === 'Unavailable')) throw error;
      // No pod's fault. All are woken when a sweep finds the engine back, but one refused connection ends no event stream and
      // brings no sweep: then this pod has only its own next try.
      this.#engineIsAway(error);
      this.#queue.addAfter(uid, RECONNECT.maxMs);
    }
  }

  #newWorker(uid: string): PodWorker {
    const { runtime, reports, assignments, clock, log, node, boot, contact, graceMs, refusal, standings } =
      this.#options;
    const worker = new PodWorker({
      uid,
      runtime,
      performer: this.#performer,
      reports,
      assigned: () => assignments.pods.get(uid),
      sources: assignments,
      terminationLogs: this.#terminationLogs,
      standingOf: (ip) => standings.of(ip),
      events: this.#events,
      node,
      boot,
      contact: () => ({ silenceMs: contact.silenceMs, graceMs: graceMs() }),
      refusal: (pod) => refusal(pod, this.#heldBeside(uid)),
      wake: (afterMs) => this.#queue.addAfter(uid, afterMs),
      clock,
      log,
    });
    this.#workers.set(uid, worker);
    return worker;
  }

  /** Relists, then follows the engine's events, until stopped; begins anew whenever the stream ends. */
  async #followEvents(): Promise<void> {
    const { runtime, clock, log } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.sweep();
        failures = 0;
        await runtime.events((event) => {
          // What we make ourselves needs no event: the pass that made it looks again.
          if (event.action === 'die' || event.action === 'oom' || event.action === 'destroy') {
            this.#queue.add(event.podUid);
          }
        }, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RuntimeError && error.code === 'Unavailable') this.#engineIsAway(error);
        else log.warn({ err: error }, 'cannot follow the engine; will be tried again');
      }
      failures += 1;
      // An abort ends the wait, and the loop's condition ends the loop.
      await clock.sleep(backoffMs(failures, RECONNECT), signal).catch(() => {});
    }
  }

  async #relistNowAndThen(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // As above.
      await this.#options.clock.sleep(RELIST_MS, signal).catch(() => {});
      // Also while the engine counts as away: an event stream that stayed open never sweeps, and only a sweep sees it back.
      if (!signal.aborted) await this.#sweepQuietly();
    }
  }

  #sweepInBackground(): void {
    this.#loops = Promise.all([this.#loops, this.#sweepQuietly()]);
  }

  /** The event loop notices by itself when the engine is away. */
  async #sweepQuietly(): Promise<void> {
    try {
      await this.sweep();
    } catch (err) {
      this.#options.log.debug({ err }, 'relist failed');
    }
  }

  #engineIsUp(): void {
    if (!this.runtimeHealth.up()) return;
    this.#options.log.info({}, 'the container engine answers');
    this.wakeAll();
  }

  #engineIsAway(error: RuntimeError): void {
    if (this.runtimeHealth.down(error.message)) this.#options.log.warn({ err: error }, 'the container engine is away');
  }

  /** Uids of pods that have a directory: those of a pod that is gone from API and engine alike still hold mounts. */
  async #directories(): Promise<string[]> {
    try {
      return await readdir(this.#podsDir);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }
}

interface PerformerParts extends PodManagerOptions {
  readonly podsDir: string;
  readonly events: PodEvents;
  readonly terminationLogs: TerminationLogs;
}

function performerOf(options: PerformerParts): Performer {
  const { assignments, podsDir } = options;
  const volumes = new PodVolumes(podsDir, {
    configMap: (namespace, name) => assignments.configMap(namespace, name),
    secret: (namespace, name) => assignments.secret(namespace, name),
    claim: (namespace, name) => assignments.claim(namespace, name),
    volume: (name) => assignments.volume(name),
    volumesDir: volumesDirOf(options.dataDir),
    memory: new MemoryMounts(options.log),
    allocatable: () => options.node().allocatable,
    node: () => options.node().object,
  });
  const hostFiles = new HostFiles(podsDir, options.settings);
  const shared = { ...options, volumes, hostFiles };
  return new Performer({
    runtime: options.runtime,
    images: new ImageWork({ ...shared, pulls: new Limiter(PARALLEL_PULLS) }),
    sandboxes: new SandboxWork(shared),
    containers: new ContainerWork(shared),
    hooks: new HookWork(shared),
    events: options.events,
    reports: options.reports,
  });
}
