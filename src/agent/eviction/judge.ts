import type { Millis } from '../../lib/clock.ts';
import { type Observations, type PressureType, pressureTypeOf, resourceOf } from './signals.ts';
import { type Threshold, thresholdsMet } from './thresholds.ts';

/** What this process remembers between two looks at the node. */
export interface PressureState {
  /** Since when each threshold has been met without a break. */
  readonly metSince: ReadonlyMap<Threshold, Millis>;
  /** When each condition was last seen. */
  readonly lastSeen: ReadonlyMap<PressureType, Millis>;
}

export const NO_PRESSURE: PressureState = { metSince: new Map(), lastSeen: new Map() };

export interface Judgement {
  readonly state: PressureState;
  /** The node's conditions that are True: those seen within the transition period. */
  readonly pressures: readonly PressureType[];
  /** The thresholds whose grace is over, the most urgent first: these are to be acted on now. */
  readonly due: readonly Threshold[];
}

export interface JudgeOptions {
  readonly thresholds: readonly Threshold[];
  /** How long a condition stays after it was last seen: without that the pod that was evicted comes straight back. */
  readonly transitionMs: number;
}

/** What a look at the node means. Source: kubelet, eviction manager, synchronize. */
export function judge(
  state: PressureState,
  observations: Observations,
  { thresholds, transitionMs, now }: JudgeOptions & { readonly now: Millis },
): Judgement {
  const met = thresholdsMet(thresholds, observations);
  const metSince = new Map(met.map((threshold) => [threshold, state.metSince.get(threshold) ?? now] as const));
  const lastSeen = new Map(state.lastSeen);
  for (const { signal } of met) lastSeen.set(pressureTypeOf(signal), now);
  return {
    state: { metSince, lastSeen },
    pressures: [...lastSeen].filter(([, at]) => at === now || now - at < transitionMs).map(([type]) => type),
    due: met.filter((threshold) => now - (metSince.get(threshold) ?? now) >= threshold.graceMs).sort(byUrgency),
  };
}

/** Memory first: the kernel kills when that is gone. A hard threshold before a soft one. */
function byUrgency(a: Threshold, b: Threshold): number {
  const isMemory = (threshold: Threshold) => Number(resourceOf(threshold.signal) === 'memory');
  return isMemory(b) - isMemory(a) || a.graceMs - b.graceMs;
}
