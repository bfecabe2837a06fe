import type { CronJob } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';

/** More at once point to a clock that is wrong. */
const MANY = 100;

/** When something is due after a given time; undefined: never again. */
export type NextTime = (after: Millis) => Millis | undefined;

/** What a CronJob has to make up for. */
export interface Due {
  /** The latest time that was due and has not been seen to. */
  readonly time?: Millis;
  /** There were more than 100 before it. */
  readonly isTooManyMissed: boolean;
}

/** A schedule that can be written and cannot be kept; the message is Kubernetes'. */
export class ScheduleNeverDueError extends Error {
  override readonly name = 'ScheduleNeverDueError';

  constructor() {
    super('time difference between two schedules is less than 1 second');
  }
}

/**
 * The latest time since the last one that was seen to (at first, since the CronJob was made). Only that is made up for: those before it
 * are missed. Source: cronjob controller, mostRecentScheduleTime.
 * @param times.horizon what is due before it is too late
 * @throws ScheduleNeverDueError
 */
export function dueTime(
  cronJob: CronJob,
  nextTime: NextTime,
  { now, horizon }: { readonly now: Millis; readonly horizon: Millis },
): Due {
  const first = nextTime(Math.max(lastSeenTo(cronJob), horizon));
  if (first === undefined) throw new ScheduleNeverDueError();
  if (now < first) return { isTooManyMissed: false };
  const second = nextTime(first);
  if (second === undefined || now < second) return { time: first, isTooManyMissed: false };
  const interval = second - first;
  // Counted by the first interval, which is about right: counting them all could take for ever.
  const missed = Math.floor((now - first) / interval) + 1;
  return { time: latest(nextTime, { first, interval, now }), isTooManyMissed: missed > MANY };
}

/** The last time that something was made; at first, when the CronJob itself was. */
export function lastSeenTo({ metadata, status }: CronJob): Millis {
  return Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '') || 0;
}

/** Looks back ever further from `now` until something was due there, and walks on from it: a schedule may have long gaps. */
function latest(
  nextTime: NextTime,
  { first, interval, now }: { readonly first: Millis; readonly interval: Millis; readonly now: Millis },
): Millis {
  // In whole intervals from the first time, so that `@every 90s` keeps its beat.
  const passed = Math.floor((now - first) / interval);
  for (let back = 1; back < passed; back *= 2) {
    const from = nextTime(first + (passed - back - 1) * interval);
    if (from !== undefined && from <= now) return walk(nextTime, from, now);
  }
  return walk(nextTime, first, now);
}

function walk(nextTime: NextTime, from: Millis, now: Millis): Millis {
  let time = from;
  for (let next = nextTime(time); next !== undefined && next <= now; next = nextTime(next)) time = next;
  return time;
}
