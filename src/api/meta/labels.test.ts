import assert from 'node:assert/strict';
import { ApiError } from './errors.ts';
import {
  type LabelSelector,
  labelMapMatcher,
  labelSelectorMatcher,
  parseLabelSelector,
  validateLabelSelector,
} from './labels.ts';

const NAME_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const LABELS = { app: 'web', tier: 'front', 'example.com/zone': 'a', size: '5', in: 'side', empty: '' };

describe('parseLabelSelector', () => {
  const cases: [selector: string, matches: boolean][] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    [' app = web , tier=front ', true],
    ['app=web,tier=back', false],
    ['app!=db', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app in (web, db)', true],
    ['app in(db)', false],
    ['app notin (db,cache)', true],
    ['missing notin (x)', true],
    ['app notin (web)', false],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['!app', false],
    ['! app', false],
    ['example.com/zone=a', true],
    ['size>4', true],
    ['size>5', false],
    ['size<6', true],
    ['app>4', false],
    ['missing<4', false],
    ['in=side', true],
    ['in in (in,side)', true],
    ['app in (in)', false],
    ['empty=', true],
    ['missing=', false],
    ['empty=,app=web', true],
    ['empty in (,web)', true],
    ['empty in (web,)', true],
    ['empty in (web,,db)', true],
    ['app in (,web)', true],
    ['constructor', false],
  ];
  for (const [selector, matches] of cases) {
    it(`${matches ? 'matches' : 'does not match'} with '${selector}'`, () => {
      assert.equal(parseLabelSelector(selector).matches(LABELS), matches);
    });
  }

  it('matches an object without labels by what must be absent', () => {
    assert.equal(parseLabelSelector('!a,b!=c').matches(undefined), true);
    assert.equal(parseLabelSelector('a').matches(undefined), false);
  });

  it('says that nothing but the empty text selects everything', () => {
    assert.equal(parseLabelSelector('  ').isEmpty, true);
    assert.equal(parseLabelSelector('a').isEmpty, false);
  });

  const errors: [selector: string, message: string][] = [
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!=a', "found '!=', expected: !, identifier, or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a in (b,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
    ['a=(b)', "unable to parse requirement: found '(', expected: identifier"],
    [
      'a in ()',
      "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    ],
    [
      'a>b',
      "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${NAME_RULE}`],
    ['a=-b', `unable to parse requirement: values[0][a]: Invalid value: "-b": ${VALUE_RULE}`],
  ];
  for (const [selector, message] of errors) {
    it(`refuses '${selector}' as Kubernetes does`, () => {
      assert.throws(
        () => parseLabelSelector(selector),
        (err) => err instanceof ApiError && err.reason === 'BadRequest' && err.message === message,
      );
    });
  }
});

describe('labelSelectorMatcher', () => {
  const cases: [title: string, selector: LabelSelector | undefined, matches: boolean][] = [
    ['selects nothing when absent', undefined, false],
    ['selects everything when empty', {}, true],
    ['wants every pair of matchLabels', { matchLabels: { app: 'web', tier: 'back' } }, false],
    ['knows In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, true],
    ['knows NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    ['knows Exists', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    ['knows DoesNotExist', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
  ];
  for (const [title, selector, matches] of cases) {
    it(title, () => assert.equal(labelSelectorMatcher(selector).matches(LABELS), matches));
  }

  it('refuses an operator that is none', () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'Like' }] };
    assert.throws(() => labelSelectorMatcher(selector), /"Like" is not a valid label selector operator/);
  });
});

describe('labelMapMatcher', () => {
  it('wants every pair, and selects nothing when it has none', () => {
    assert.equal(labelMapMatcher({ app: 'web', size: '5' }).matches(LABELS), true);
    assert.equal(labelMapMatcher({ app: 'db' }).matches(LABELS), false);
    assert.equal(labelMapMatcher({}).matches(LABELS), false);
    assert.equal(labelMapMatcher(undefined).matches(LABELS), false);
  });
});

describe('validateLabelSelector', () => {
  const cases: [selector: LabelSelector, causes: string[]][] = [
    [{ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] }, []],
    [{ matchLabels: { a: '-' } }, [`s.matchLabels: Invalid value: "-": ${VALUE_RULE}`]],
    [
      { matchExpressions: [{ key: 'a', operator: 'In' }] },
      ["s.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      ["s.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"],
    ],
    [
      { matchExpressions: [{ key: '-', operator: 'Like', values: ['-'] }] },
      [
        's.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
        `s.matchExpressions[0].key: Invalid value: "-": ${NAME_RULE}`,
        `s.matchExpressions[0].values[0]: Invalid value: "-": ${VALUE_RULE}`,
      ],
    ],
  ];
  for (const [selector, causes] of cases) {
    it(`says all that is wrong with ${JSON.stringify(selector)}`, () => {
      const found = validateLabelSelector(selector, 's').map(({ field, message }) => `${field}: ${message}`);
      assert.deepEqual(found, causes);
    });
  }
});
