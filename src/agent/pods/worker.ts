import type { Pod, PodStatus } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Assignments, Reports } from '../assignments.ts';
import type { Eviction } from '../eviction/eviction-manager.ts';
import { EVICTED } from '../eviction/messages.ts';
import type { ObservedContainer, Runtime } from '../runtime/runtime.ts';
import type { Standing } from '../services/endpoint-role.ts';
import { sourcesVersion } from '../volumes/sources-version.ts';
import { hasBegun, type Refusal } from './admission.ts';
import { lastWordsRead, memoryOf, onlyContainers, preStopBegun, probed, takenOver } from './container-memory.ts';
import { fenceOf, type MasterContact } from './fence.ts';
import type { Performer, ShortStep, StepTarget } from './perform/performer.ts';
import type { NodeFacts } from './perform/sandbox-work.ts';
import { isFinished, plan } from './plan/plan.ts';
import { isLong, type LongStep, longStepKey, type Step } from './plan/step.ts';
import type { PodEvents } from './pod-events.ts';
import { isTerminal } from './pod-facts.ts';
import { admitted, evicted, freshMemory, leavingSeen, type PodMemory, sourcesSeen, stopBegun } from './pod-memory.ts';
import { viewOf } from './pod-view.ts';
import { PodProber } from './probes/prober.ts';
import { runProbe } from './probes/run-probe.ts';
import { type ProbeTarget, probeTargets } from './probes/targets.ts';
import { withoutOldBackOff } from './restart.ts';
import { podStatus } from './status/status.ts';
import type { TerminationLogs } from './termination-log.ts';

export interface PodWorkerOptions {
  readonly uid: string;
  readonly runtime: Runtime;
  readonly performer: Performer;
  readonly reports: Reports;
  /** The pod as it is wanted now; undefined when this node is not to run it. */
  readonly assigned: () => Pod | undefined;
  /** The objects that pods name. */
  readonly sources: Pick<Assignments, 'configMap' | 'secret' | 'claim'>;
  readonly terminationLogs: TerminationLogs;
  /** What the pod of an address is to Services. */
  readonly standingOf: (ip: string) => Standing;
  readonly events: PodEvents;
  readonly node: () => NodeFacts;
  /** `bootOfMachine`. */
  readonly boot: string;
  readonly contact: () => MasterContact;
  /** Why this node takes no pod like this one now; undefined when it does. */
  readonly refusal: (pod: Pod) => Refusal | undefined;
  /** Asks for another pass after `afterMs`. */
  readonly wake: (afterMs: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface PassResult {
  /** Something was done: look again at once. */
  readonly isProgress: boolean;
  readonly wakeAt: Millis | undefined;
  /** Nothing is wanted and nothing is left: the worker can be forgotten. */
  readonly isRetired: boolean;
}

/** Passes in a row that all did something, after which a pod is taken to turn in circles. The longest real start is 12. */
const MAX_BUSY_PASSES = 40;
const CIRCLE_BREAK_MS = 5_000;
const FAILED_STOP_RETRY_MS = 1_000;
/** How events about them begin. */
const PROBE_WORDS = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const;

/**
 * One pod on this node: observes, plans, performs, tells. Passes never overlap (the queue sees to that); long steps run beside
 * them, and each pass calls off those that its plan no longer holds.
 */
export class PodWorker {
  readonly #options: PodWorkerOptions;
  readonly #running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<void> }>();
  readonly #prober: PodProber;
  #memory: PodMemory;
  /** The last spec seen: events of a pod that vanished from the API are still about it. */
  #lastPod: Pod | undefined;
  #reported: { readonly status: PodStatus; readonly text: string } | undefined;
  #signature = '';
  #podIp = '';
  #busyPasses = 0;
  readonly #over = Promise.withResolvers<void>();

  constructor(options: PodWorkerOptions) {
    this.#options = options;
    this.#memory = freshMemory(options.clock.now());
    this.#prober = this.#newProber();
  }

  /** Of what the last pass saw in the engine; equal signatures need no new pass. */
  get signature(): string {
    return this.#signature;
  }

  /** Taken in: it holds its ports and resources until it is over. */
  get isAdmitted(): boolean {
    return this.#memory.isAdmitted;
  }

  get isEvicted(): boolean {
    return this.#memory.eviction !== undefined;
  }

  /** One level-triggered pass. Throws what the engine threw when it is away or a step failed for no reason of the pod's. */
  async pass(signal: AbortSignal): Promise<PassResult> {
    const { runtime, uid, clock, node } = this.#options;
    const pod = this.#options.assigned();
    if (pod && !this.#lastPod) this.#memory = takenOver(this.#memory, pod);
    this.#lastPod = pod ?? this.#lastPod;
    const observed = withoutOldBackOff(await runtime.list(uid), this.#options.boot);
    this.#signature = signatureOf(observed);
    this.#podIp = pod?.spec.hostNetwork ? node().ip : (viewOf(observed).sandbox?.ip ?? '');
    if (pod) this.#admit(pod, observed);
    await this.#learn(pod, observed);
    const { isNetworkReady } = node();
    const fence = pod && fenceOf(pod, this.#options.contact());
    const common = { observed, memory: this.#memory, now: clock.now() };
    const steps = plan({ ...common, pod, isNetworkReady, ...(fence ? { fence } : {}) });
    if (pod) this.#publish(pod, observed, fence?.isFenced ?? false);
    this.#prober.follow(pod ? this.#probeTargets(pod, observed) : []);
    this.#followLongSteps(steps);
    const isProgress = await this.#performShort(steps, signal);
    this.#busyPasses = isProgress ? this.#busyPasses + 1 : 0;
    const wakeAt = steps.find((step) => step.do === 'wakeAt')?.at;
    const isRetired = !pod && steps.length === 0 && this.#running.size === 0;
    if (this.#busyPasses < MAX_BUSY_PASSES) return { isProgress, wakeAt, isRetired };
    this.#options.log.warn({ uid, steps }, 'pod turns in circles; pausing it');
    this.#busyPasses = 0;
    return { isProgress: false, wakeAt: clock.now() + CIRCLE_BREAK_MS, isRetired };
  }

  /** Calls off what runs and waits for it. */
  async stop(): Promise<void> {
    const ended = [...this.#running.values()].map((work) => work.ended);
    for (const { abort } of this.#running.values()) abort.abort(new Error('the agent is stopping'));
    await Promise.allSettled([...ended, this.#prober.stop()]);
  }

  /** Ends the pod for the node's sake. Resolves when nothing of it runs any more; the caller asks for the pass. */
  evict(pod: Pod, eviction: Eviction): Promise<void> {
    this.#memory = evicted(this.#memory, eviction);
    this.#options.events.warning(pod, undefined, [eviction.reason ?? EVICTED, eviction.message]);
    return this.#over.promise;
  }

  /** Asks once, before anything of the pod is here, whether the node takes it. */
  #admit(pod: Pod, observed: readonly ObservedContainer[]): void {
    if (this.#memory.isAdmitted || this.isEvicted) return;
    const isNew = observed.length === 0 && !hasBegun(pod);
    const refusal = isNew ? this.#options.refusal(pod) : undefined;
    if (refusal === undefined) {
      this.#memory = admitted(this.#memory);
      return;
    }
    const { reason, message: why } = refusal;
    const message = `Pod was rejected: ${why}`;
    this.#memory = evicted(this.#memory, { reason, message, graceSeconds: 0, isDisruption: false });
    this.#options.events.warning(pod, undefined, [reason, why]);
  }

  /** Takes note of what the engine alone does not show. */
  async #learn(pod: Pod | undefined, observed: readonly ObservedContainer[]): Promise<void> {
    const { sources, terminationLogs, standingOf, clock } = this.#options;
    this.#memory = onlyContainers(this.#memory, new Set(observed.map(({ id }) => id)));
    if (!pod) return;
    this.#memory = sourcesSeen(this.#memory, sourcesVersion(pod, sources));
    if (pod.metadata.deletionTimestamp !== undefined && this.#podIp !== '')
      this.#memory = leavingSeen(this.#memory, standingOf(this.#podIp), clock.now());
    for (const container of observed) {
      const isNews = memoryOf(this.#memory, container.id).terminationMessage === undefined;
      if (container.role === 'sandbox' || container.state !== 'exited' || !isNews) continue;
      const words = await terminationLogs.read(pod, container);
      this.#memory = lastWordsRead(this.#memory, container.id, words);
    }
  }

  #probeTargets(pod: Pod, observed: readonly ObservedContainer[]): ProbeTarget[] {
    const view = viewOf(observed);
    const plan = { pod, view, memory: this.#memory, now: this.#options.clock.now() };
    const isEnding = pod.metadata.deletionTimestamp !== undefined || isFinished(plan);
    return probeTargets({ ...plan, podIp: this.#podIp, isEnding });
  }

  #newProber(): PodProber {
    const { runtime, clock, events, wake } = this.#options;
    const tell = ({ pod, container, kind }: ProbeTarget, reason: string, words: string) =>
      events.warning(pod, container.name, [reason, `${PROBE_WORDS[kind]} probe ${words}`]);
    return new PodProber({
      clock,
      random: Math.random,
      run: (target, signal) => runProbe(target, { runtime, clock }, signal),
      onOutcome: (target, { result, output }) => {
        if (result === 'warning') tell(target, 'ProbeWarning', `warning: ${output}`);
        else tell(target, 'Unhealthy', `failed: ${output}`);
      },
      onError: (target, error) => {
        const why = error instanceof Error ? error.message : String(error);
        tell(target, 'Unhealthy', `errored and resulted in unknown state: ${why}`);
      },
      onVerdict: (id, kind, verdict) => {
        this.#memory = probed(this.#memory, id, kind, verdict);
        wake(0);
      },
    });
  }

  #publish(pod: Pod, observed: readonly ObservedContainer[], isFenced: boolean): void {
    const { reports, clock, node } = this.#options;
    const previous = this.#reported?.status ?? pod.status ?? {};
    const now = clock.now();
    const status = podStatus({ pod, observed, memory: this.#memory, now, previous, nodeIp: node().ip, isFenced });
    if (isTerminal(status.phase)) this.#over.resolve();
    const text = JSON.stringify(status);
    if (text === this.#reported?.text) return;
    this.#reported = { status, text };
    reports.podStatus(pod, status);
  }

  /** @returns whether anything was done that makes the next look different. */
  async #performShort(steps: readonly Step[], signal: AbortSignal): Promise<boolean> {
    let isProgress = false;
    for (const step of steps) {
      if (isLong(step) || step.do === 'wakeAt') continue;
      signal.throwIfAborted();
      const isDone = await this.#performOne(step, signal);
      isProgress ||= step.do !== 'recordEvent';
      if (!isDone) return true;
    }
    return isProgress;
  }

  async #performOne(step: ShortStep, signal: AbortSignal): Promise<boolean> {
    const { performer, uid, log } = this.#options;
    log.debug({ uid, step }, 'step');
    const { update, isDone } = await performer.perform(step, this.#target(), signal);
    this.#memory = update(this.#memory);
    return isDone;
  }

  #target(): StepTarget {
    return { uid: this.#options.uid, pod: this.#lastPod, memory: this.#memory, podIp: this.#podIp };
  }

  /** Starts the long steps that are newly planned, and calls off those that are planned no more. */
  #followLongSteps(steps: readonly Step[]): void {
    const planned = new Map(steps.filter(isLong).map((step) => [longStepKey(step), step]));
    for (const [key, { abort }] of this.#running) {
      if (!planned.has(key)) abort.abort(new Error('no longer wanted'));
    }
    for (const [key, step] of planned) {
      if (this.#running.get(key)?.abort.signal.aborted !== false) this.#beginLong(key, step);
    }
  }

  #beginLong(key: string, step: LongStep): void {
    const now = this.#options.clock.now();
    if (step.do === 'stopContainer' || step.do === 'runPreStop') this.#memory = stopBegun(this.#memory, now);
    if (step.do === 'runPreStop') this.#memory = preStopBegun(this.#memory, step.id, now);
    const abort = new AbortController();
    const work = { abort, ended: this.#runLong(step, abort.signal) };
    this.#running.set(key, work);
    const forget = () => {
      if (this.#running.get(key) === work) this.#running.delete(key);
    };
    work.ended.then(forget, forget);
  }

  async #runLong(step: LongStep, signal: AbortSignal): Promise<void> {
    const { performer, uid, log, wake } = this.#options;
    log.debug({ uid, step }, 'long step');
    try {
      const { update } = await performer.performLong(step, this.#target(), signal);
      this.#memory = update(this.#memory);
      wake(0);
    } catch (err) {
      if (signal.aborted) return wake(0);
      log.warn({ uid, step, err }, 'step failed; will be tried again');
      wake(FAILED_STOP_RETRY_MS);
    }
  }
}

/** Tells two looks at the engine apart by what a plan could act on. */
export function signatureOf(observed: readonly ObservedContainer[]): string {
  return observed
    .map((c) => `${c.id}/${c.state}/${c.finishedAt ?? ''}`)
    .sort()
    .join(' ');
}
