import type { Millis } from '../../../lib/clock.ts';

/** What a clock on the wall shows. */
export interface LocalTime {
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Tells the time of one place, summer time and all. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  /** @param name as the IANA database has it; where the machine stands when left out. @throws RangeError for an unknown one */
  constructor(name: string | undefined) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...(name === undefined ? {} : { timeZone: name }),
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  localTime(at: Millis): LocalTime {
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month'), part('day')];
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    return { year, month, day, weekday, hour: part('hour'), minute: part('minute'), second: part('second') };
  }

  /** RFC 3339 with the place's offset: `2030-06-01T02:00:00+02:00`, `2030-06-01T00:00:00Z`. */
  rfc3339(at: Millis): string {
    const { year, month, day, hour, minute, second } = this.localTime(at);
    const shown = Date.UTC(year, month - 1, day, hour, minute, second);
    const offset = Math.round((shown - Math.floor(at / 1000) * 1000) / 60_000);
    const text = new Date(shown).toISOString().slice(0, 19);
    if (offset === 0) return `${text}Z`;
    const two = (value: number) => String(value).padStart(2, '0');
    const size = Math.abs(offset);
    return `${text}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  }
}
