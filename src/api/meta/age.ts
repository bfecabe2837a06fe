const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Age of a timestamp as `kubectl get` prints it: `5d3h`; `<unknown>` without one. @param since RFC 3339 */
export function ageText(since: string | undefined, nowMs: number): string {
  const sinceMs = since === undefined ? Number.NaN : Date.parse(since);
  return Number.isNaN(sinceMs) ? '<unknown>' : durationText(nowMs - sinceMs);
}

/** A span in two to three figures (apimachinery, duration.HumanDuration). Clocks may differ by up to a second. */
export function durationText(ms: number): string {
  if (ms <= -2 * SECOND) return '<invalid>';
  if (ms <= -SECOND) return '0s';
  if (ms < 2 * MINUTE) return `${whole(ms, SECOND)}s`;
  if (ms < 10 * MINUTE) return pair(ms, [MINUTE, 'm'], [SECOND, 's']);
  if (ms < 3 * HOUR) return `${whole(ms, MINUTE)}m`;
  if (ms < 8 * HOUR) return pair(ms, [HOUR, 'h'], [MINUTE, 'm']);
  if (ms < 2 * DAY) return `${whole(ms, HOUR)}h`;
  if (ms < 8 * DAY) return pair(ms, [DAY, 'd'], [HOUR, 'h']);
  if (ms < 2 * YEAR) return `${whole(ms, DAY)}d`;
  if (ms < 8 * YEAR) return pair(ms, [YEAR, 'y'], [DAY, 'd']);
  return `${whole(ms, YEAR)}y`;
}

type Unit = readonly [ms: number, letter: string];

/** `3m5s`; the small part is left out when it is zero. */
function pair(ms: number, [big, bigLetter]: Unit, [small, smallLetter]: Unit): string {
  const rest = whole(ms % big, small);
  return `${whole(ms, big)}${bigLetter}${rest === 0 ? '' : `${rest}${smallLetter}`}`;
}

function whole(ms: number, unit: number): number {
  return Math.trunc(ms / unit) || 0; // never -0
}
