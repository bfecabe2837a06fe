import type { Pod } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Repeating } from '../../lib/repeating.ts';
import type { Reports } from '../assignments.ts';
import type { Refusal } from '../pods/admission.ts';
import { refusal } from './admission.ts';
import { type JudgeOptions, judge, NO_PRESSURE } from './judge.ts';
import { exceededLimit, hasStorageLimits } from './limits.ts';
import { EVICTED, evictionMessage } from './messages.ts';
import type { PodUsage } from './pod-usage.ts';
import { rank } from './rank.ts';
import { endsReclaim } from './removals.ts';
import { type Observations, type PressureType, resourceOf, type StarvedResource } from './signals.ts';
import { isAnyNear, type Threshold, thresholdsMet } from './thresholds.ts';

/** How a pod is told to go. */
export interface Eviction {
  /** Of its status; undefined: `Evicted`. */
  readonly reason?: string;
  readonly message: string;
  /** At most; the pod's own is used when it is less. */
  readonly graceSeconds: number;
  /** Whether the pod gets the DisruptionTarget condition: the node's need, not its own fault. */
  readonly isDisruption: boolean;
}

export interface EvictionManagerOptions {
  readonly config: JudgeOptions & {
    /** What a pod gets at most when a soft threshold is met. */
    readonly maxGraceSeconds: number;
  };
  readonly observe: () => Promise<Observations>;
  /** Those that are to run here, and have not ended. */
  readonly activePods: () => readonly Pod[];
  readonly readUsage: (pods: readonly Pod[], resource: StarvedResource) => Promise<Map<string, PodUsage>>;
  /** Frees disk without hurting a pod: ended containers, unused images. */
  readonly reclaimDisk: (signal: AbortSignal) => Promise<void>;
  /** Resolves when nothing of the pod runs any more. */
  readonly evict: (pod: Pod, eviction: Eviction) => Promise<void>;
  /** The node's conditions or its file systems' sizes have changed. */
  readonly onChange: () => void;
  readonly reports: Pick<Reports, 'event'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** kubelet's monitoring interval; near a threshold, memory goes in less time than that. */
const LOOK_EVERY_MS = 10_000;
const LOOK_CLOSER_MS = 2_000;
/** How often pods with limits of local storage are measured: it walks their files. */
const LIMITS_EVERY_MS = 30_000;
/** kubelet's immediateEvictionGracePeriodSeconds. */
const HARD_GRACE_SECONDS = 1;
/** How long an evicted pod is waited for before the next one is looked for. Source: kubelet, podCleanupTimeout. */
const CLEANUP_MS = 30_000;

/** Keeps the node alive when it runs short: says so in its conditions, frees what it can, evicts one pod after another. */
export class EvictionManager implements Part {
  readonly name = 'eviction';
  readonly #options: EvictionManagerOptions;
  readonly #loop: Repeating;
  #state = NO_PRESSURE;
  #pressures: readonly PressureType[] = [];
  #observations: Observations = new Map();
  #limitsReadAt: Millis = Number.NEGATIVE_INFINITY;
  #due: readonly Threshold[] = [];
  #isReclaimFailing = false;

  constructor(options: EvictionManagerOptions) {
    this.#options = options;
    const { clock, log, config } = options;
    this.#loop = new Repeating({
      pass: () => this.#pass(),
      pauseMs: () => (isAnyNear(config.thresholds, this.#observations) ? LOOK_CLOSER_MS : LOOK_EVERY_MS),
      onFailure: (err, inARow) => {
        if (inARow === 1) log.warn({ err }, 'could not look after the resources of this node');
      },
      clock,
    });
  }

  /** The conditions that are True. */
  get pressures(): readonly PressureType[] {
    return this.#pressures;
  }

  get observations(): Observations {
    return this.#observations;
  }

  /** Why a pod that was never here may not begin now; undefined when it may. */
  refusal(pod: Pod): Refusal | undefined {
    const message = refusal(pod, this.#pressures);
    return message === undefined ? undefined : { reason: EVICTED, message };
  }

  /** The sizes of memory and disks, before anything is promised to pods. */
  async look(): Promise<void> {
    this.#observations = await this.#options.observe();
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #pass(): Promise<void> {
    const { config, clock } = this.#options;
    await this.#observe();
    const { state, pressures, due } = judge(this.#state, this.#observations, { ...config, now: clock.now() });
    this.#tellNewlyDue(due);
    this.#state = state;
    this.#setPressures(pressures);
    if (await this.#evictOverLimits()) return;
    const [threshold] = due;
    if (threshold) await this.#relieve(threshold);
  }

  async #observe(): Promise<void> {
    const before = this.#observations;
    this.#observations = await this.#options.observe();
    const isResized = [...this.#observations].some(([name, { capacity }]) => before.get(name)?.capacity !== capacity);
    if (isResized) this.#options.onChange();
  }

  #setPressures(pressures: readonly PressureType[]): void {
    const isSame = pressures.length === this.#pressures.length && pressures.every((p) => this.#pressures.includes(p));
    if (isSame) return;
    this.#options.log.info({ pressures, before: this.#pressures }, 'pressure on this node changed');
    this.#pressures = pressures;
    this.#options.onChange();
  }

  /** Once for each threshold, not every few seconds for as long as it is met. */
  #tellNewlyDue(due: readonly Threshold[]): void {
    const news = due.find((threshold) => !this.#due.includes(threshold));
    this.#due = due;
    if (!news) return;
    const message = `Attempting to reclaim ${resourceOf(news.signal)}`;
    const event = { type: 'Warning', reason: 'EvictionThresholdMet', message } as const;
    this.#options.reports.event({ pod: undefined, fieldPath: '', ...event });
  }

  async #relieve(threshold: Threshold): Promise<void> {
    const { activePods, readUsage, config, log } = this.#options;
    const resource = resourceOf(threshold.signal);
    if (resource === 'ephemeral-storage' || resource === 'inodes') {
      await this.#reclaim();
      await this.#observe();
      if (thresholdsMet([threshold], this.#observations).length === 0) return;
    }
    const pods = activePods();
    const usages = await readUsage(pods, resource);
    const [victim] = rank(
      pods.map((pod) => ({ pod, usage: usages.get(pod.metadata.uid ?? '') })),
      resource,
    );
    if (!victim) {
      log.debug({ signal: threshold.signal }, 'low, and no pod here can be evicted');
      return;
    }
    await this.#evict(victim.pod, {
      message: evictionMessage(victim, threshold, this.#observations),
      graceSeconds: threshold.graceMs === 0 ? HARD_GRACE_SECONDS : config.maxGraceSeconds,
      isDisruption: true,
    });
  }

  /** What cannot be freed must not keep pods from being evicted: the disk goes on filling. Source: kubelet, reclaimNodeLevelResources. */
  async #reclaim(): Promise<void> {
    const { reclaimDisk, log } = this.#options;
    const { signal } = this.#loop;
    try {
      await reclaimDisk(signal);
      this.#isReclaimFailing = false;
    } catch (err) {
      if (signal.aborted || endsReclaim(err)) throw err;
      if (!this.#isReclaimFailing) log.warn({ err }, 'could not free disk; pods are evicted all the same');
      this.#isReclaimFailing = true;
    }
  }

  /** @returns whether any pod was evicted for what it wrote */
  async #evictOverLimits(): Promise<boolean> {
    const { activePods, readUsage, clock } = this.#options;
    const limited = activePods().filter(hasStorageLimits);
    if (limited.length === 0 || clock.monotonic() - this.#limitsReadAt < LIMITS_EVERY_MS) return false;
    this.#limitsReadAt = clock.monotonic();
    const usages = await readUsage(limited, 'ephemeral-storage');
    const over = limited.flatMap((pod) => {
      const usage = usages.get(pod.metadata.uid ?? '');
      const message = usage && exceededLimit(pod, usage);
      return message === undefined ? [] : [{ pod, message }];
    });
    for (const { pod, message } of over)
      await this.#evict(pod, { message, graceSeconds: HARD_GRACE_SECONDS, isDisruption: false });
    return over.length > 0;
  }

  async #evict(pod: Pod, eviction: Eviction): Promise<void> {
    const { evict, clock, log } = this.#options;
    const { namespace, name } = pod.metadata;
    log.warn({ pod: `${namespace}/${name}`, message: eviction.message }, 'evicting a pod');
    const late = new AbortController();
    const patience = clock.sleep(CLEANUP_MS, AbortSignal.any([this.#loop.signal, late.signal])).catch(() => {});
    await Promise.race([evict(pod, eviction), patience]);
    late.abort();
  }
}
