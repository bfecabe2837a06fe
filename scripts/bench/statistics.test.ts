import assert from 'node:assert/strict';
import { median, percentile, threeDigits } from './statistics.ts';

describe('statistics of the benchmarks', () => {
  it('takes percentiles by nearest rank', () => {
    const values = [5, 1, 4, 2, 3];
    assert.equal(percentile(values, 0.5), 3);
    assert.equal(percentile(values, 0.99), 5);
    assert.equal(percentile(values, 0), 1);
    assert.throws(() => percentile([], 0.5), RangeError);
  });

  it('takes the mean of the two middle values of an even count', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([7]), 7);
  });

  it('shows three digits that matter', () => {
    const cases: [number, string][] = [
      [0.012345, '0.0123'],
      [12.345, '12.3'],
      [1234.5, '1,235'],
      [0, '0'],
    ];
    for (const [value, text] of cases) assert.equal(threeDigits(value), text);
  });
});
