import type { Millis } from '../../../lib/clock.ts';
import type { PodMemory } from '../pod-memory.ts';

/** From the last node's rules without it: who has just connected gets an answer. */
const SETTLE_MS = 1_000;
/** A master that is out of reach, or a node that is busy, holds nobody for longer. */
const MAX_WAIT_MS = 10_000;
/** Who leaves so little time means at once. */
const MIN_GRACE_SECONDS = 2;

/**
 * When a deleted pod may be told to stop: connections go to it until the rules of all nodes are without it, and many servers
 * end at once. At most half of its grace. @returns undefined when no Service sends it any
 */
export function stopNotBefore({ leaving }: PodMemory, graceSeconds: number): Millis | undefined {
  if (!leaving || graceSeconds < MIN_GRACE_SECONDS) return undefined;
  const { since, leftSince } = leaving;
  const end = leftSince === undefined ? since + MAX_WAIT_MS : Math.min(leftSince + SETTLE_MS, since + MAX_WAIT_MS);
  return Math.min(end, since + graceSeconds * 500);
}
