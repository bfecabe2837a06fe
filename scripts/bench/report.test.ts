import assert from 'node:assert/strict';
import { atLeast, atMost, type Figure } from './measurement.ts';
import { verdict } from './report.ts';

describe('the report of the benchmarks', () => {
  it('tells the distance to a goal', () => {
    const cases: [Figure, string][] = [
      [{ name: 'a', value: 1.3, unit: '×', goal: atMost(1.3) }, 'reached'],
      [{ name: 'b', value: 180, unit: 'MB', goal: atMost(150) }, 'missed by 20 %'],
      [{ name: 'c', value: 500, unit: 'a second', goal: atLeast(1000) }, 'missed by 100 %'],
      [{ name: 'd', value: 5, unit: 'ms' }, ''],
    ];
    for (const [figure, text] of cases) assert.equal(verdict(figure), text);
  });
});
