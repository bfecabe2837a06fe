import { statSync } from 'node:fs';
import { execPath } from 'node:process';
import { durationText } from '../../../api/meta/age.ts';
import type { Millis } from '../../../lib/clock.ts';
import { type Check, type Finding, findings, type Purpose } from '../finding.ts';
import { outputOf } from '../observe.ts';

export interface ClockFacts {
  readonly nowMs: Millis;
  /** When this program was put on the disk, at the latest. */
  readonly builtMs: Millis;
  readonly master: Purpose['masterClock'];
  /** undefined: no time service tells. */
  readonly isSynchronized: boolean | undefined;
}

const MINUTE_MS = 60_000;
/** The master's certificates are valid from an hour before they were made. */
const MAX_SKEW_MS = 60 * MINUTE_MS;
const SET = 'timedatectl set-ntp true (apt-get install systemd-timesyncd), or: date -s "2026-01-31 12:00"';

export function judgeClock({ nowMs, builtMs, master, isSynchronized }: ClockFacts): Finding[] {
  const { ok, warning, problem } = findings('clock');
  const means = 'certificates are not valid yet, or not any more: this machine and the master could not talk';
  const now = new Date(nowMs).toISOString();
  if (master) {
    const skewMs = master.ownMs - master.masterMs;
    const size = Math.abs(skewMs);
    const what = `this clock is ${durationText(size)} ${skewMs > 0 ? 'ahead of' : 'behind'} the master's (${now} here)`;
    if (size > MAX_SKEW_MS) return [problem(what, { means, mend: SET })];
    if (size > MINUTE_MS) return [warning(what, { means: 'times in logs and events mislead', mend: SET })];
  }
  if (nowMs < builtMs - 24 * MAX_SKEW_MS) {
    return [problem(`${now} is before this program was made`, { means, mend: SET })];
  }
  if (isSynchronized === false) {
    const rest = { means: 'a Pi has no clock battery: after a power cut it goes wrong', mend: SET };
    return [warning(`${now}, but no time server keeps it right`, rest)];
  }
  return [ok(`${now}${master ? ", as the master's" : ''}${isSynchronized ? ', kept by a time server' : ''}`)];
}

async function isSynchronized(): Promise<boolean | undefined> {
  const said = (await outputOf('timedatectl', 'show', '--property=NTPSynchronized', '--value'))?.trim();
  return said === undefined || said === '' ? undefined : said === 'yes';
}

export const clock: Check = {
  name: 'clock',
  run: async ({ masterClock }) =>
    judgeClock({
      nowMs: Date.now(),
      builtMs: statSync(execPath).mtimeMs,
      master: masterClock,
      isSynchronized: await isSynchronized(),
    }),
};
