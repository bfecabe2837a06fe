import assert from 'node:assert/strict';
import { parseLogOptions } from './log-options.ts';

const parse = (query: string) => parseLogOptions('x', new URLSearchParams(query));
const NOTHING = {
  follow: false,
  previous: false,
  timestamps: false,
  sinceSeconds: 0,
  sinceTime: '',
  hasTailLines: false,
  tailLines: 0,
  limitBytes: 0,
};

describe('the options of a log', () => {
  const cases: [string, object][] = [
    ['', {}],
    ['follow=true&previous=1&timestamps=', { follow: true, previous: true, timestamps: true }],
    ['follow=false&previous=0', {}],
    ['tailLines=0', { hasTailLines: true }],
    ['tailLines=5&limitBytes=1000', { hasTailLines: true, tailLines: 5, limitBytes: 1000 }],
    ['tailLines=', {}],
    ['sinceSeconds=3600', { sinceSeconds: 3600 }],
    ['sinceTime=2026-01-02T03:04:05%2B01:00', { sinceTime: '2026-01-02T03:04:05+01:00' }],
    ['container=a&insecureSkipTLSVerifyBackend=true', {}],
  ];
  for (const [query, expected] of cases) {
    it(`are read from "${query}"`, () => assert.deepEqual(parse(query), { ...NOTHING, ...expected }));
  }

  const refusals: [string, string, string][] = [
    ['tailLines=-1', 'Invalid', 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['limitBytes=0', 'Invalid', 'limitBytes: Invalid value: 0: must be greater than 0'],
    ['sinceSeconds=0', 'Invalid', 'sinceSeconds: Invalid value: 0: must be greater than 0'],
    [
      'sinceSeconds=1&sinceTime=2026-01-02T03:04:05Z',
      'Invalid',
      ': Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
    ['tailLines=many', 'BadRequest', 'strconv.ParseInt: parsing "many": invalid syntax'],
    ['sinceTime=yesterday', 'BadRequest', 'parsing time "yesterday"'],
  ];
  for (const [query, reason, words] of refusals) {
    it(`are refused when they make no sense: ${query}`, () => {
      assert.throws(
        () => parse(query),
        (error: Error & { reason?: string }) => {
          assert.equal(error.reason, reason);
          assert.ok(error.message.includes(words), error.message);
          return true;
        },
      );
    });
  }

  it('are judged all at once', () => {
    assert.throws(() => parse('tailLines=-1&limitBytes=-2'), {
      message:
        'PodLogOptions "x" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, ' +
        'limitBytes: Invalid value: -2: must be greater than 0]',
    });
  });
});
