import type { Millis } from '../../../lib/clock.ts';
import type { PodMemory } from '../pod-memory.ts';

/** From this node's knowing that an endpoint leaves to the last node's rules without it: they are told within the same moment. */
const SETTLE_MS = 1_000;
/** A master that is slow, or out of reach, holds nobody for longer. */
const MAX_WAIT_MS = 5_000;
/** Who leaves so little time means at once. */
const MIN_GRACE_SECONDS = 2;

/**
 * When a deleted pod may be told to stop: connections go to it until all nodes know that it leaves, and many servers end at
 * once. At most half of its grace. @returns undefined when no Service sends it any
 */
export function stopNotBefore({ leaving }: PodMemory, graceSeconds: number): Millis | undefined {
  if (!leaving || graceSeconds < MIN_GRACE_SECONDS) return undefined;
  const { since, knownSince } = leaving;
  const end = knownSince === undefined ? since + MAX_WAIT_MS : Math.min(knownSince + SETTLE_MS, since + MAX_WAIT_MS);
  return Math.min(end, since + graceSeconds * 500);
}
