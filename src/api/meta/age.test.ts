import assert from 'node:assert/strict';
import { ageText, durationText } from './age.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

describe('durationText', () => {
  const cases: [number, string][] = [
    [-2 * SECOND, '<invalid>'],
    [-1999, '0s'],
    [-500, '0s'],
    [0, '0s'],
    [999, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [2 * MINUTE + 5 * SECOND, '2m5s'],
    [10 * MINUTE - 1, '9m59s'],
    [10 * MINUTE + 30 * SECOND, '10m'],
    [3 * HOUR - 1, '179m'],
    [3 * HOUR, '3h'],
    [7 * HOUR + 5 * MINUTE, '7h5m'],
    [8 * HOUR + 5 * MINUTE, '8h'],
    [2 * DAY - 1, '47h'],
    [2 * DAY, '2d'],
    [7 * DAY + 23 * HOUR, '7d23h'],
    [8 * DAY + 23 * HOUR, '8d'],
    [2 * YEAR - 1, '729d'],
    [2 * YEAR, '2y'],
    [3 * YEAR + 4 * DAY, '3y4d'],
    [8 * YEAR + 4 * DAY, '8y'],
  ];
  for (const [ms, text] of cases) it(`prints ${ms} ms as ${text}`, () => assert.equal(durationText(ms), text));
});

describe('ageText', () => {
  it('counts from an RFC 3339 time', () => {
    assert.equal(ageText('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:05:00Z')), '5m');
  });

  it('does not know the age of nothing', () => {
    assert.equal(ageText(undefined, 0), '<unknown>');
    assert.equal(ageText('', 0), '<unknown>');
  });
});
