import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addQuantity,
  canonicalQuantity,
  compareQuantity,
  formatQuantity,
  milliValue,
  parseQuantity,
  QuantityError,
  subtractQuantity,
  tryParseQuantity,
  wholeValue,
} from './quantity.ts';

describe('canonicalQuantity', () => {
  const cases: [string | number, string][] = [
    ['0', '0'],
    ['0Mi', '0'],
    ['100m', '100m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    [0.5, '500m'],
    [2, '2'],
    ['.5', '500m'],
    ['1.', '1'],
    ['+5', '5'],
    ['-5', '-5'],
    ['128Mi', '128Mi'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Mi', '512Ki'],
    ['1Ki', '1Ki'],
    ['1.5Ki', '1536'],
    ['15.625Ki', '16000'],
    ['0.0001Ki', '102400u'],
    ['512', '512'],
    ['1000k', '1M'],
    ['128974848', '128974848'],
    ['129e6', '129e6'],
    ['129M', '129M'],
    ['12e3', '12e3'],
    ['1e4', '10e3'],
    ['1E', '1E'],
    ['1e0', '1'],
    [1e21, '1e21'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['100Ei', '9223372036854775807'],
    ['9223372036854775807', '9223372036854775807'],
    [' 1 ', '1'],
  ];
  for (const [text, canonical] of cases) {
    it(`writes ${JSON.stringify(text)} as ${canonical}`, () => assert.equal(canonicalQuantity(text), canonical));
  }

  it('is its own canonical form, and the same amount', () => {
    const suffixes = ['', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-3'];
    fc.assert(
      fc.property(fc.integer(), fc.nat(999), fc.constantFrom(...suffixes), (whole, part, suffix) => {
        const quantity = parseQuantity(`${whole}.${part}${suffix}`);
        const again = parseQuantity(formatQuantity(quantity));
        assert.equal(again.nano, quantity.nano);
        // As in Kubernetes, 15.625Ki is 16000, and 16000 is 16k: bare digits do not tell that the amount was in powers of two.
        if (again.format === quantity.format) assert.equal(formatQuantity(again), formatQuantity(quantity));
      }),
    );
  });
});

describe('parseQuantity', () => {
  const bad: [string, RegExp][] = [
    ['', /^quantities must match the regular expression/],
    ['abc', /^quantities must match the regular expression/],
    ['1 Mi', /^quantities must match the regular expression/],
    ['--1', /^quantities must match the regular expression/],
    ['1'.repeat(600), /^quantities must match the regular expression/],
    ['.', /^unable to parse numeric part of quantity/],
    ['1mi', /^unable to parse quantity's suffix/],
    ['1K', /^unable to parse quantity's suffix/],
    ['1e', /^unable to parse quantity's suffix/],
    ['1e999999999', /^unable to parse quantity's suffix/],
  ];
  for (const [text, message] of bad) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.throws(
        () => parseQuantity(text),
        (err) => err instanceof QuantityError && message.test(err.message),
      );
      assert.equal(tryParseQuantity(text), undefined);
    });
  }
});

describe('quantity arithmetic', () => {
  it('compares across families', () => {
    assert.equal(compareQuantity(parseQuantity('1Gi'), parseQuantity('1024Mi')), 0);
    assert.ok(compareQuantity(parseQuantity('1G'), parseQuantity('1Gi')) < 0);
    assert.ok(compareQuantity(parseQuantity('1'), parseQuantity('999m')) > 0);
  });

  it('writes a sum in the family of its first part', () => {
    const sum = (a: string, b: string) => formatQuantity(addQuantity(parseQuantity(a), parseQuantity(b)));
    assert.equal(sum('1Gi', '512Mi'), '1536Mi');
    assert.equal(sum('0', '512Mi'), '512Mi');
    assert.equal(sum('250m', '1'), '1250m');
    assert.equal(formatQuantity(subtractQuantity(parseQuantity('2'), parseQuantity('500m'))), '1500m');
  });

  it('rounds up to whole thousandths and units', () => {
    assert.equal(milliValue(parseQuantity('0.1')), 100);
    assert.equal(milliValue(parseQuantity('100u')), 1);
    assert.equal(wholeValue(parseQuantity('1.5Ki')), 1536);
    assert.equal(wholeValue(parseQuantity('100m')), 1);
    assert.equal(wholeValue(parseQuantity('-1500m')), -2);
  });
});
