import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type IntOrPercent,
  isZero,
  resolveIntOrPercent,
  validateAtMost100Percent,
  validateIntOrPercent,
} from './int-or-percent.ts';

describe('resolveIntOrPercent', () => {
  const cases: [value: IntOrPercent, total: number, up: number, down: number][] = [
    ['25%', 10, 3, 2],
    ['25%', 4, 1, 1],
    ['25%', 0, 0, 0],
    ['1%', 1, 1, 0],
    ['0%', 10, 0, 0],
    ['100%', 7, 7, 7],
    ['150%', 3, 5, 4],
    [3, 10, 3, 3],
    [0, 10, 0, 0],
  ];
  for (const [value, total, up, down] of cases) {
    it(`makes ${value} of ${total} ${up} rounded up and ${down} rounded down`, () => {
      assert.equal(resolveIntOrPercent(value, total, 'up'), up);
      assert.equal(resolveIntOrPercent(value, total, 'down'), down);
    });
  }

  it('rounds by less than one, and never past the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100_000 }), (percent, total) => {
        const up = resolveIntOrPercent(`${percent}%`, total, 'up');
        const down = resolveIntOrPercent(`${percent}%`, total, 'down');
        assert.ok(up - down <= 1 && down <= up && up <= total && down >= 0);
      }),
    );
  });

  it('refuses what is neither', () => {
    assert.throws(() => resolveIntOrPercent('many', 10, 'up'), RangeError);
  });
});

describe('validation of a number or percentage', () => {
  const messages = (value: IntOrPercent) =>
    [...validateIntOrPercent(value, 'f'), ...validateAtMost100Percent(value, 'f')].map(({ message }) => message);

  it('takes numbers and percentages', () => {
    for (const value of [0, 1, 1000, '0%', '100%']) assert.deepEqual(messages(value), [], String(value));
  });

  it('refuses the rest in the words of Kubernetes', () => {
    assert.deepEqual(messages(-1), ['Invalid value: -1: must be greater than or equal to 0']);
    assert.deepEqual(messages('101%'), ['Invalid value: "101%": must not be greater than 100%']);
    assert.deepEqual(messages('5'), [
      `Invalid value: "5": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    ]);
  });

  it('knows nothing in all of its forms', () => {
    for (const value of [0, '0%', '00%', 'x']) assert.ok(isZero(value), String(value));
    for (const value of [1, '1%', '1']) assert.ok(!isZero(value), String(value));
  });
});
