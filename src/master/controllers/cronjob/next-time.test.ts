import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSchedule } from '../../../api/kinds/cron-job/schedule.ts';
import { TimeZone } from './local-time.ts';
import { nextTime } from './next-time.ts';

const next = (schedule: string, zone: string, after: string) => {
  const time = nextTime(parseSchedule(schedule), new TimeZone(zone), Date.parse(after));
  return time === undefined ? undefined : new Date(time).toISOString().replace('.000Z', 'Z');
};

describe('the next time of a schedule', () => {
  const utc: [schedule: string, after: string, expected: string | undefined][] = [
    ['* * * * *', '2030-01-01T00:00:00Z', '2030-01-01T00:01:00Z'],
    ['* * * * *', '2030-01-01T00:00:59.999Z', '2030-01-01T00:01:00Z'],
    ['*/15 * * * *', '2030-01-01T00:50:00Z', '2030-01-01T01:00:00Z'],
    ['30 4 * * *', '2030-01-01T04:30:00Z', '2030-01-02T04:30:00Z'],
    ['@hourly', '2030-01-01T00:00:00Z', '2030-01-01T01:00:00Z'],
    ['@daily', '2030-12-31T12:00:00Z', '2031-01-01T00:00:00Z'],
    ['@weekly', '2030-01-01T00:00:00Z', '2030-01-06T00:00:00Z'],
    ['@yearly', '2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z'],
    ['0 0 29 2 *', '2030-01-01T00:00:00Z', '2032-02-29T00:00:00Z'],
    ['0 0 31 2 *', '2030-01-01T00:00:00Z', undefined],
    // Either of two restricted days will do: Friday the 4th, Friday the 11th, Sunday the 13th.
    ['0 0 13 * 5', '2030-01-05T00:00:00Z', '2030-01-11T00:00:00Z'],
    ['0 0 13 * 5', '2030-01-11T00:00:00Z', '2030-01-13T00:00:00Z'],
    // `*/2` is a restriction, `*` is none.
    ['0 0 13 * */2', '2030-01-11T00:00:00Z', '2030-01-12T00:00:00Z'],
    ['0 0 13 * *', '2030-01-05T00:00:00Z', '2030-01-13T00:00:00Z'],
    ['0 0 * * mon', '2030-01-01T00:00:00Z', '2030-01-07T00:00:00Z'],
    ['0 9-17/4 * jan *', '2030-01-31T17:00:00Z', '2031-01-01T09:00:00Z'],
    ['@every 90s', '2030-01-01T00:00:10.500Z', '2030-01-01T00:01:40Z'],
  ];
  for (const [schedule, after, expected] of utc) {
    it(`of "${schedule}" after ${after} is ${expected ?? 'never'}`, () => {
      assert.equal(next(schedule, 'UTC', after), expected);
    });
  }

  it('is where the time zone says', () => {
    assert.equal(next('0 9 * * *', 'Asia/Kolkata', '2030-01-01T00:00:00Z'), '2030-01-01T03:30:00Z');
    assert.equal(next('0 0 1 1 *', 'Pacific/Auckland', '2030-01-01T00:00:00Z'), '2030-12-31T11:00:00Z');
  });

  it('leaves out a time that summer time leaps over', () => {
    // Berlin, 31 March 2030: 02:00 is followed by 03:00.
    assert.equal(next('30 2 * * *', 'Europe/Berlin', '2030-03-30T12:00:00Z'), '2030-04-01T00:30:00Z');
    assert.equal(next('30 3 * * *', 'Europe/Berlin', '2030-03-30T12:00:00Z'), '2030-03-31T01:30:00Z');
  });

  it('comes twice where the clock shows a time twice', () => {
    // Berlin, 27 October 2030: 03:00 is followed by 02:00.
    assert.equal(next('30 2 * * *', 'Europe/Berlin', '2030-10-26T12:00:00Z'), '2030-10-27T00:30:00Z');
    assert.equal(next('30 2 * * *', 'Europe/Berlin', '2030-10-27T00:30:00Z'), '2030-10-27T01:30:00Z');
  });

  it('finds midnight where midnight itself is moved', () => {
    // Beirut leaps from 00:00 to 01:00 on the last Sunday of March.
    assert.equal(next('0 1 * * *', 'Asia/Beirut', '2030-03-30T12:00:00Z'), '2030-03-30T22:00:00Z');
    assert.equal(next('0 0 * * *', 'Asia/Beirut', '2030-03-30T12:00:00Z'), '2030-03-31T21:00:00Z');
  });

  it('is the first minute of all that the schedule names, in every zone', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Asia/Beirut'];
    const schedules = ['7 * * * *', '*/20 2,3 * * *', '30 0 * * 0', '15 1 31 3 *', '45 23 27 10 0', '0 */5 * * *'];
    // Around the changes of the clock, a few days each.
    const starts = ['2030-03-29T00:00:00Z', '2030-10-25T00:00:00Z', '2030-04-05T00:00:00Z', '2030-10-05T00:00:00Z'];
    const minute = 60_000;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...schedules),
        fc.constantFrom(...starts),
        fc.nat(3 * 24 * 60),
        (name, text, start, offset) => {
          const zone = new TimeZone(name);
          const schedule = parseSchedule(text);
          assert.ok(schedule.type === 'calendar');
          const after = Date.parse(start) + offset * minute;
          const found = nextTime(schedule, zone, after) ?? Number.POSITIVE_INFINITY;
          const until = Math.min(found, after + 1500 * minute);
          for (let at = after + minute; at <= until; at += minute) {
            const { month, day, weekday, hour, minute: shown } = zone.localTime(at);
            const isMonth: boolean = schedule.month.values.has(month);
            const inMonth = schedule.dayOfMonth.values.has(day);
            const inWeek = schedule.dayOfWeek.values.has(weekday);
            const isAny: boolean = schedule.dayOfMonth.isAny || schedule.dayOfWeek.isAny;
            const isDay: boolean = isAny ? inMonth && inWeek : inMonth || inWeek;
            const isTime: boolean = schedule.hour.values.has(hour) && schedule.minute.values.has(shown);
            assert.equal(isMonth && isDay && isTime, at === found, new Date(at).toISOString());
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a time as its place writes it', () => {
  it('has the offset of the day', () => {
    const at = Date.parse('2030-06-01T00:00:00Z');
    assert.equal(new TimeZone('UTC').rfc3339(at), '2030-06-01T00:00:00Z');
    assert.equal(new TimeZone('Europe/Berlin').rfc3339(at), '2030-06-01T02:00:00+02:00');
    assert.equal(new TimeZone('America/St_Johns').rfc3339(at), '2030-05-31T21:30:00-02:30');
  });
});
