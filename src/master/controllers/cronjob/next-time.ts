import type { Schedule, ScheduleField } from '../../../api/kinds/cron-job/schedule.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { LocalTime, TimeZone } from './local-time.ts';

type Calendar = Extract<Schedule, { type: 'calendar' }>;

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
/** No place moves its clocks by more at a time. */
const MAX_SHIFT_MINUTES = 3 * HOUR_MINUTES;
/** A leap day, or a day that there never is. */
const HORIZON_YEARS = 5;

/**
 * The first time after `after` at which the clock shows what the schedule names. A time that the clock leaps over comes to nothing
 * that day; one that it shows twice comes twice. Source: the documented behaviour of CronJobs ("time zones", "schedule syntax").
 * @returns undefined when there is none in five years (`0 0 31 2 *`)
 */
export function nextTime(schedule: Schedule, zone: TimeZone, after: Millis): Millis | undefined {
  if (schedule.type === 'every') return Math.floor(after / 1000) * 1000 + schedule.seconds * 1000;
  const horizon = zone.localTime(after).year + HORIZON_YEARS;
  let at = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS;
  for (;;) {
    const local = zone.localTime(at);
    if (local.year > horizon) return undefined;
    const minutes = minutesToSkip(schedule, local);
    if (minutes === 0) return at;
    at += minutes * MINUTE_MS;
  }
}

/** How far on it is safe to go on looking: never past a time that is named, whatever clocks do meanwhile. 0: this is one. */
function minutesToSkip(schedule: Calendar, { month, day, weekday, hour, minute }: LocalTime): number {
  const toNextHour = HOUR_MINUTES - minute;
  if (!schedule.month.values.has(month) || !isDay(schedule, day, weekday)) {
    const toMidnight = DAY_MINUTES - hour * HOUR_MINUTES - minute;
    return Math.max(toNextHour, toMidnight - MAX_SHIFT_MINUTES);
  }
  if (!schedule.hour.values.has(hour)) return toNextHour;
  return minutesToNext(schedule.minute, minute) ?? toNextHour;
}

/** Two restrictions of the day mean either of both; one that is left open leaves it to the other. */
function isDay({ dayOfMonth, dayOfWeek }: Calendar, day: number, weekday: number): boolean {
  const isInMonth = dayOfMonth.values.has(day);
  const isInWeek = dayOfWeek.values.has(weekday);
  return dayOfMonth.isAny || dayOfWeek.isAny ? isInMonth && isInWeek : isInMonth || isInWeek;
}

function minutesToNext({ values }: ScheduleField, minute: number): number | undefined {
  for (let next = minute; next < HOUR_MINUTES; next++) if (values.has(next)) return next - minute;
  return undefined;
}
