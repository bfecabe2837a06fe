import type { Clock, Millis } from '../../../lib/clock.ts';
import { judge, NO_STREAK, nextProbe, type ProbeKind, type Streak, type Verdict } from './judge.ts';
import type { ProbeOutcome } from './outcome.ts';
import type { ProbeTarget } from './targets.ts';

export interface ProberOptions {
  readonly clock: Clock;
  /** 0 to 1, anew each time. */
  readonly random: () => number;
  /** One try. Rejects when the probe could say nothing, or was called off. */
  readonly run: (target: ProbeTarget, signal: AbortSignal) => Promise<ProbeOutcome>;
  /** After each try that failed or warned. */
  readonly onOutcome: (target: ProbeTarget, outcome: ProbeOutcome) => void;
  /** After each try that could say nothing. */
  readonly onError: (target: ProbeTarget, error: unknown) => void;
  /** When the thresholds are met, and the verdict is not the one before. */
  readonly onVerdict: (containerId: string, kind: ProbeKind, verdict: Verdict) => void;
}

interface Watch {
  target: ProbeTarget;
  readonly jitter: number;
  readonly abort: AbortController;
  cancelAlarm: () => void;
  streak: Streak;
  verdict: Verdict | undefined;
  lastAt: Millis | undefined;
  trying: Promise<void>;
}

/** A try that the engine or the spec kept from saying anything is repeated at once so often. Source: kubelet, maxProbeRetries. */
const MAX_TRIES = 3;

/** Timers of more than 24.8 days fire at once. */
const MAX_ALARM_MS = 3_600_000;

/** Runs the probes of one pod, each by its own alarm; a pod without probes costs nothing. What to probe is decided elsewhere. */
export class PodProber {
  readonly #options: ProberOptions;
  readonly #since: Millis;
  readonly #watches = new Map<string, Watch>();

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#since = options.clock.monotonic();
  }

  /** Probes these from now on, and nothing else. One that was probed before goes on in its rhythm. */
  follow(targets: readonly ProbeTarget[]): void {
    const wanted = new Map(targets.map((target) => [`${target.containerId}/${target.kind}`, target]));
    for (const [key, watch] of this.#watches) {
      if (wanted.has(key)) continue;
      this.#watches.delete(key);
      end(watch);
    }
    for (const [key, target] of wanted) {
      const watch = this.#watches.get(key);
      if (watch) watch.target = target;
      else this.#watches.set(key, this.#begin(target));
    }
  }

  async stop(): Promise<void> {
    const watches = [...this.#watches.values()];
    this.follow([]);
    await Promise.allSettled(watches.map((watch) => watch.trying));
  }

  #begin(target: ProbeTarget): Watch {
    const watch: Watch = {
      target,
      jitter: this.#options.random(),
      abort: new AbortController(),
      cancelAlarm: () => {},
      streak: NO_STREAK,
      verdict: undefined,
      lastAt: undefined,
      trying: Promise.resolve(),
    };
    this.#setAlarm(watch);
    return watch;
  }

  #setAlarm(watch: Watch): void {
    const { clock } = this.#options;
    const { kind, probe, startedAt } = watch.target;
    // The date may be set at any time; a rhythm has nothing to do with it.
    const now = clock.monotonic();
    const began = now - (clock.now() - startedAt);
    const at = nextProbe(kind, probe, { ...watch, now, startedAt: began, since: this.#since });
    this.#alarm(watch, at);
  }

  #alarm(watch: Watch, at: Millis): void {
    const { clock } = this.#options;
    watch.cancelAlarm = clock.after(Math.min(Math.max(0, at - clock.monotonic()), MAX_ALARM_MS), () => {
      if (clock.monotonic() < at) this.#alarm(watch, at);
      else watch.trying = this.#try(watch);
    });
  }

  async #try(watch: Watch): Promise<void> {
    watch.lastAt = this.#options.clock.monotonic();
    const outcome = await this.#outcomeOf(watch);
    if (watch.abort.signal.aborted) return;
    this.#setAlarm(watch);
    if (!outcome) return;
    const { target } = watch;
    if (outcome.result !== 'success') this.#options.onOutcome(target, outcome);
    const result = outcome.result === 'failure' ? 'failure' : 'success';
    const { streak, verdict } = judge(watch.streak, result, target.probe);
    watch.streak = streak;
    if (verdict === undefined || verdict === watch.verdict) return;
    watch.verdict = verdict;
    this.#options.onVerdict(target.containerId, target.kind, verdict);
  }

  /** undefined when it could say nothing. */
  async #outcomeOf({ target, abort }: Watch): Promise<ProbeOutcome | undefined> {
    const { run, onError } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        return await run(target, abort.signal);
      } catch (error) {
        if (abort.signal.aborted) return undefined;
        if (tries < MAX_TRIES) continue;
        onError(target, error);
        return undefined;
      }
    }
  }
}

function end(watch: Watch): void {
  watch.cancelAlarm();
  watch.abort.abort(new Error('no longer probed'));
}
