import type { Millis } from '../../lib/clock.ts';
import type { DiskStats } from './diskstats.ts';

/** One look at the sensors; undefined for what this machine has no sensor of. */
export interface Readings {
  readonly isUnderVoltage: boolean | undefined;
  readonly heat: Heat | undefined;
  readonly disk: DiskStats | undefined;
}

export interface Heat {
  /** The kernel or the firmware holds the CPU back at this moment. */
  readonly isThrottled: boolean;
  /** How often it has done so since the machine started, where that is counted. */
  readonly count: number;
}

export type HealthType = 'UnderVoltage' | 'ThermalThrottled' | 'SlowDisk';

export interface Verdict {
  readonly type: HealthType;
  readonly isBad: boolean;
  /** Of a disk that is slow: milliseconds of one operation. */
  readonly latencyMs?: number;
}

export interface HealthState {
  /** When each was last seen bad. */
  readonly badAt: ReadonlyMap<HealthType, Millis>;
  readonly heatCount: number | undefined;
  /** The last minute's looks at the disk, the oldest first. */
  readonly disk: readonly { readonly at: Millis; readonly stats: DiskStats }[];
}

export const HEALTHY: HealthState = { badAt: new Map(), heatCount: undefined, disk: [] };

/**
 * How long a condition stays after it was last seen. Voltage drops under load and is back in a second: what dipped dips again
 * with the next load. Cooling down takes a while.
 */
const HOLD_MS: Readonly<Record<HealthType, Millis>> = {
  UnderVoltage: 300_000,
  ThermalThrottled: 60_000,
  SlowDisk: 120_000,
};
const DISK_WINDOW_MS = 60_000;
/** A good SD card takes some 20 ms, a worn one stalls for seconds; etcd and SQLite users notice from about here on. */
export const SLOW_DISK_MS = 200;
/** A mean of fewer says nothing. */
const MIN_OPERATIONS = 20;

/** What a look at the sensors means. @returns a verdict for each sensor that there is */
export function judgeHealth(
  state: HealthState,
  { isUnderVoltage, heat, disk }: Readings,
  now: Millis,
): { readonly state: HealthState; readonly verdicts: readonly Verdict[] } {
  const badAt = new Map(state.badAt);
  const looks = disk ? [...state.disk, { at: now, stats: disk }] : [];
  const latencyMs = diskLatency(looks, now);
  const isHot = heat && (heat.isThrottled || (state.heatCount !== undefined && heat.count > state.heatCount));
  if (isUnderVoltage) badAt.set('UnderVoltage', now);
  if (isHot) badAt.set('ThermalThrottled', now);
  if (latencyMs !== undefined && latencyMs >= SLOW_DISK_MS) badAt.set('SlowDisk', now);
  const isBad = (type: HealthType) => now - (badAt.get(type) ?? Number.NEGATIVE_INFINITY) < HOLD_MS[type];
  const verdicts: Verdict[] = [
    ...(isUnderVoltage === undefined ? [] : [{ type: 'UnderVoltage', isBad: isBad('UnderVoltage') } as const]),
    ...(heat ? [{ type: 'ThermalThrottled', isBad: isBad('ThermalThrottled') } as const] : []),
    ...(disk
      ? [{ type: 'SlowDisk', isBad: isBad('SlowDisk'), ...(latencyMs === undefined ? {} : { latencyMs }) } as const]
      : []),
  ];
  return { state: { badAt, heatCount: heat?.count, disk: lastMinute(looks, now) }, verdicts };
}

/** One look that is a minute old or older, and all that came after it. */
function lastMinute(looks: HealthState['disk'], now: Millis): HealthState['disk'] {
  const first = looks.findLastIndex(({ at }) => now - at >= DISK_WINDOW_MS);
  return looks.slice(Math.max(0, first));
}

/**
 * Milliseconds of a mean read, write or flush in the last minute; undefined for too few to tell. 4,000 ms for 10 writes and 10
 * flushes are 200. A disk with work that has finished nothing for a whole minute took at least that.
 */
function diskLatency(looks: HealthState['disk'], now: Millis): number | undefined {
  const [first] = lastMinute(looks, now);
  const last = looks.at(-1);
  if (!first || !last || last.at - first.at < DISK_WINDOW_MS) return undefined;
  const operations = last.stats.operations - first.stats.operations;
  if (operations === 0 && first.stats.inFlight > 0 && last.stats.inFlight > 0) return last.at - first.at;
  if (operations < MIN_OPERATIONS) return undefined;
  return Math.round((last.stats.spentMs - first.stats.spentMs) / operations);
}
