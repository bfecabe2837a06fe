import { parseQuantity, QuantityError, wholeValue } from '../../api/meta/quantity.ts';
import { parseGoDuration } from '../pods/go-duration.ts';
import { type Observation, type Observations, SIGNALS, type Signal } from './signals.ts';

/** Below what a signal counts as low. */
export interface Threshold {
  readonly signal: Signal;
  /** An amount, or a share (0 to 1) of the capacity. */
  readonly value: { readonly amount: number } | { readonly share: number };
  /** How long it must be low before a pod is evicted; 0 for a hard threshold. */
  readonly graceMs: number;
}

/**
 * kubelet's defaults, and one of ours: a node without a process id left cannot even be logged into, and kubelet's "no limit"
 * would let one fork bomb take all.
 */
export const DEFAULT_HARD =
  'memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,imagefs.available<15%,imagefs.inodesFree<5%,pid.available<5%';

/**
 * Reads `memory.available<100Mi,nodefs.available<10%`. 0% and 100% turn a signal off, as in kubelet; what is not named is off.
 * @throws RangeError with kubelet's words
 */
export function parseThresholds(text: string): Threshold[] {
  const found = new Map<Signal, Threshold>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const [name = '', value, ...rest] = part.split('<');
    if (value === undefined || rest.length > 0) throw new RangeError(`invalid eviction threshold syntax ${part}`);
    const signal = signalNamed(name);
    if (found.has(signal)) throw new RangeError(`found duplicate eviction threshold for signal ${signal}`);
    if (value !== '0%' && value !== '100%') found.set(signal, { signal, value: parseValue(signal, value), graceMs: 0 });
  }
  return [...found.values()];
}

/** Soft thresholds: `grace` is `memory.available=1m30s,…`, one for each. @throws RangeError */
export function parseSoftThresholds(text: string, grace: string): Threshold[] {
  const graces = new Map<Signal, number>();
  for (const part of grace.split(',').filter((piece) => piece.trim() !== '')) {
    const [name = '', value = ''] = part.trim().split('=');
    const graceMs = parseGoDuration(value);
    if (graceMs === undefined) throw new RangeError(`invalid eviction grace period ${part}: want SIGNAL=1m30s`);
    graces.set(signalNamed(name), graceMs);
  }
  return parseThresholds(text).map((threshold) => {
    const graceMs = graces.get(threshold.signal);
    if (!graceMs)
      throw new RangeError(`grace period must be specified for the soft eviction threshold ${threshold.signal}`);
    return { ...threshold, graceMs };
  });
}

function signalNamed(name: string): Signal {
  const signal = SIGNALS.find((candidate) => candidate === name.trim());
  if (!signal) throw new RangeError(`unsupported eviction signal ${name}: want one of ${SIGNALS.join(', ')}`);
  return signal;
}

function parseValue(signal: Signal, text: string): Threshold['value'] {
  if (text.endsWith('%')) {
    const percent = Number(text.slice(0, -1));
    if (!(percent > 0 && percent < 100))
      throw new RangeError(`eviction percentage threshold ${signal} must be >0% and <100%`);
    return { share: percent / 100 };
  }
  try {
    const amount = wholeValue(parseQuantity(text));
    if (amount > 0) return { amount };
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
  }
  throw new RangeError(`eviction threshold ${signal} must be a positive quantity or a percentage, not ${text}`);
}

/** The amount below which the signal is low: 10 % of 50 Gi is 5 Gi. */
export function quantityOf({ value }: Threshold, { capacity }: Observation): number {
  return 'amount' in value ? value.amount : Math.floor(capacity * value.share);
}

/** Those that are met now. */
export function thresholdsMet(thresholds: readonly Threshold[], observations: Observations): Threshold[] {
  return thresholds.filter((threshold) => isBelow(threshold, observations, 1));
}

/** Whether any is near enough for a closer watch: under twice the amount. */
export function isAnyNear(thresholds: readonly Threshold[], observations: Observations): boolean {
  return thresholds.some((threshold) => isBelow(threshold, observations, 2));
}

function isBelow(threshold: Threshold, observations: Observations, factor: number): boolean {
  const observed = observations.get(threshold.signal);
  return (
    observed !== undefined && observed.capacity > 0 && observed.available < quantityOf(threshold, observed) * factor
  );
}

/** What hard thresholds keep back of a resource of this node: pods are not promised it. */
export function keptBack(thresholds: readonly Threshold[], signal: Signal, capacity: number): number {
  const hard = thresholds.find((threshold) => threshold.signal === signal && threshold.graceMs === 0);
  return hard ? quantityOf(hard, { available: 0, capacity }) : 0;
}
