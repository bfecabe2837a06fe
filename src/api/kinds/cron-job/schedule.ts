/** The values that one field of a schedule allows. */
export interface ScheduleField {
  readonly values: ReadonlySet<number>;
  /** Written as `*`: of the two fields for days, one that is so leaves it to the other; else either of both will do. */
  readonly isAny: boolean;
}

/** When something is due: at times of the calendar, or over and over. */
export type Schedule =
  | {
      readonly type: 'calendar';
      readonly minute: ScheduleField;
      readonly hour: ScheduleField;
      readonly dayOfMonth: ScheduleField;
      /** 1 is January. */
      readonly month: ScheduleField;
      /** 0 is Sunday. */
      readonly dayOfWeek: ScheduleField;
    }
  | { readonly type: 'every'; readonly seconds: number };

/** Text that is no schedule; the message is the one that CronJobs are known to answer with. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE: Bounds = { min: 0, max: 59 };
const HOUR: Bounds = { min: 0, max: 23 };
const DAY_OF_MONTH: Bounds = { min: 1, max: 31 };
const MONTH: Bounds = { min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Bounds = { min: 0, max: 6, names: DAYS };

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const EVERY = '@every ';
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/**
 * Reads five fields (minute, hour, day of month, month, day of week; lists, ranges, steps and names), `@daily` and the like,
 * or `@every 1h30m`. A time zone is no part of it.
 * @throws ScheduleError
 */
export function parseSchedule(text: string): Schedule {
  if (text === '') throw new ScheduleError('empty spec string');
  if (text.startsWith('@')) return parseDescriptor(text);
  const fields = text.trim().split(/\s+/).filter(Boolean);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  if (fields.length !== 5) {
    throw new ScheduleError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  return {
    type: 'calendar',
    minute: parseField(minute, MINUTE),
    hour: parseField(hour, HOUR),
    dayOfMonth: parseField(dayOfMonth, DAY_OF_MONTH),
    month: parseField(month, MONTH),
    dayOfWeek: parseField(dayOfWeek, DAY_OF_WEEK),
  };
}

function parseDescriptor(text: string): Schedule {
  const fields = DESCRIPTORS[text];
  if (fields) return parseSchedule(fields);
  if (!text.startsWith(EVERY)) throw new ScheduleError(`unrecognized descriptor: ${text}`);
  const seconds = parseDuration(text.slice(EVERY.length));
  if (seconds === undefined) {
    const duration = text.slice(EVERY.length);
    throw new ScheduleError(`failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`);
  }
  // Whole seconds, and never less than one.
  return { type: 'every', seconds: Math.max(1, Math.floor(seconds)) };
}

/** `1h30m`, `90s`, `1.5h`, in seconds. */
function parseDuration(text: string): number | undefined {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/.exec(text) ?? [];
  if (body === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(body)) return undefined;
  let seconds = 0;
  for (const [, amount = '', unit = ''] of body.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) {
    seconds += Number(amount) * (DURATION_UNITS[unit] ?? 0);
  }
  return sign === '-' ? -seconds : seconds;
}

function parseField(text: string, bounds: Bounds): ScheduleField {
  const values = new Set<number>();
  let isAny = false;
  for (const part of text.split(',').filter(Boolean)) {
    const range = parseRange(part, bounds);
    isAny ||= range.isAny;
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
  }
  return { values, isAny };
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly isAny: boolean;
}

function parseRange(text: string, bounds: Bounds): Range {
  const [ends = '', stepText, ...more] = text.split('/');
  const { first, last, isAny } = parseEnds(ends, text, bounds);
  if (more.length > 0) throw new ScheduleError(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  // `5/15` means from 5 on.
  const end = stepText !== undefined && !ends.includes('-') ? bounds.max : last;
  if (first < bounds.min) {
    throw new ScheduleError(`beginning of range (${first}) below minimum (${bounds.min}): ${text}`);
  }
  if (end > bounds.max) throw new ScheduleError(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (first > end) throw new ScheduleError(`beginning of range (${first}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new ScheduleError(`step of range should be a positive number: ${text}`);
  return { first, last: end, step, isAny: isAny && step === 1 };
}

function parseEnds(ends: string, text: string, bounds: Bounds): Omit<Range, 'step'> {
  const [low = '', high, ...more] = ends.split('-');
  if (low === '*' || low === '?') return { first: bounds.min, last: bounds.max, isAny: true };
  const first = parseValue(low, bounds);
  if (high === undefined) return { first, last: first, isAny: false };
  if (more.length > 0) throw new ScheduleError(`too many hyphens: ${text}`);
  return { first, last: parseValue(high, bounds), isAny: false };
}

function parseValue(text: string, { names = [], min }: Bounds): number {
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? parseNumber(text) : index + min;
}

function parseNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new ScheduleError(`failed to parse int from ${text}: ${why}`);
  }
  const number = Number(text);
  if (number < 0) throw new ScheduleError(`negative number (${number}) not allowed: ${text}`);
  return number;
}
