import type { Probe } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';
/** What a probe has settled on, thresholds met. */
export type Verdict = 'success' | 'failure';

/** Equal results in a row. */
export interface Streak {
  readonly last: Verdict | undefined;
  readonly count: number;
}

export const NO_STREAK: Streak = { last: undefined, count: 0 };

/** Counts one result in. @returns the verdict it leads to; undefined when that stays as it is. Source: kubelet, prober/worker.go. */
export function judge(
  streak: Streak,
  result: Verdict,
  { successThreshold = 1, failureThreshold = 3 }: Pick<Probe, 'successThreshold' | 'failureThreshold'>,
): { readonly streak: Streak; readonly verdict: Verdict | undefined } {
  const next = { last: result, count: streak.last === result ? streak.count + 1 : 1 };
  const threshold = result === 'success' ? successThreshold : failureThreshold;
  return { streak: next, verdict: next.count < threshold ? undefined : result };
}

export interface ProbeTimes {
  readonly now: Millis;
  /** When the container started. */
  readonly startedAt: Millis;
  /** When this process began to look after the pod: a container that is older was taken over, not started. */
  readonly since: Millis;
  /** When the last try began; undefined before the first. */
  readonly lastAt: Millis | undefined;
  /** 0 to 1: spreads the first tries of all that a restarted agent takes over. */
  readonly jitter: number;
}

/** A container that was taken over is not ready before its first success: that try is not put off by a whole period. */
const MAX_READINESS_JITTER_MS = 1_000;

/** When a probe is to be tried next. Tries begin a period apart; one that took longer is followed at once. */
export function nextProbe(
  kind: ProbeKind,
  { initialDelaySeconds = 0, periodSeconds = 10 }: Pick<Probe, 'initialDelaySeconds' | 'periodSeconds'>,
  { now, startedAt, since, lastAt, jitter }: ProbeTimes,
): Millis {
  const periodMs = Math.max(1, periodSeconds) * 1000;
  if (lastAt !== undefined) return Math.max(now, lastAt + periodMs);
  // A start that lies ahead means that the node's clock was set back: a Pi keeps no time.
  const due = Math.max(now, Math.min(startedAt, now) + initialDelaySeconds * 1000);
  if (startedAt >= since) return due;
  const spreadMs = kind === 'readiness' ? Math.min(periodMs, MAX_READINESS_JITTER_MS) : periodMs;
  return Math.max(due, now + Math.floor(jitter * spreadMs));
}
