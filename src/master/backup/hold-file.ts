import type { Millis } from '../../lib/clock.ts';

/** Says, in the data directory, that this master comes from a backup and has not met its nodes yet. */
export const HOLD_FILE = 'restored.json';

/** From a restore on, a master waits at most this long for its nodes. */
export const HOLD_MS = 15 * 60_000;

export function renderHold(now: Millis): string {
  return `${JSON.stringify({ restoredAt: new Date(now).toISOString() })}\n`;
}

/** @returns when the waiting ends; undefined when there is none. */
export function parseHold(text: string | undefined): Millis | undefined {
  if (text === undefined) return undefined;
  const { restoredAt } = JSON.parse(text) as { restoredAt?: string };
  const at = Date.parse(restoredAt ?? '');
  return Number.isNaN(at) ? undefined : at + HOLD_MS;
}
