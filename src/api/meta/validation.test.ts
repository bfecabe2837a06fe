import assert from 'node:assert/strict';
import * as check from './validation.ts';

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NAME_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const ENV_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='";

type Case = [value: string, wrong: string[]];

const textCases: Record<string, [(value: string) => string[], Case[]]> = {
  checkDns1123Label: [
    check.checkDns1123Label,
    [
      ['a', []],
      ['my-name', []],
      ['0', []],
      ['a'.repeat(63), []],
      ['a'.repeat(64), ['must be no more than 63 characters']],
      ['a.b', ['must not contain dots']],
      ['', [LABEL_TEXT]],
      ['A', [LABEL_TEXT]],
      ['-a', [LABEL_TEXT]],
      ['a-', [LABEL_TEXT]],
      ['a\n', [LABEL_TEXT]],
    ],
  ],
  checkDns1123Subdomain: [
    check.checkDns1123Subdomain,
    [
      ['a.b-c.d', []],
      ['a..b', [SUBDOMAIN_TEXT]],
      ['Web_1', [SUBDOMAIN_TEXT]],
      ['a'.repeat(254), ['must be no more than 253 characters']],
    ],
  ],
  checkQualifiedName: [
    check.checkQualifiedName,
    [
      ['app', []],
      ['app.kubernetes.io/Name_1', []],
      ['', ['name part must be non-empty', `name part ${NAME_TEXT}`]],
      ['/x', ['prefix part must be non-empty']],
      ['A/x', [`prefix part ${SUBDOMAIN_TEXT}`]],
      ['x'.repeat(64), ['name part must be no more than 63 bytes']],
      ['-x', [`name part ${NAME_TEXT}`]],
      [
        'a/b/c',
        [`a valid label key ${NAME_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`],
      ],
    ],
  ],
  checkLabelValue: [
    check.checkLabelValue,
    [
      ['', []],
      ['a_B.c-1', []],
      ['a b', [VALUE_TEXT]],
      ['x'.repeat(64), ['must be no more than 63 bytes']],
    ],
  ],
  checkEnvVarName: [
    check.checkEnvVarName,
    [
      ['PATH', []],
      ['1 odd/name', []],
      ['', ['environment variable name must be non-empty']],
      ['a=b', [ENV_TEXT]],
      ['ä', [ENV_TEXT]],
      ['a\tb', [ENV_TEXT]],
    ],
  ],
  checkConfigMapKey: [
    check.checkConfigMapKey,
    [
      ['a.B_c-1', []],
      ['.', ["must not be '.'"]],
      ['..', ["must not be '..'"]],
      ['..a', ["must not start with '..'"]],
      [
        'a b',
        [
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        ],
      ],
    ],
  ],
  checkPortName: [
    check.checkPortName,
    [
      ['http', []],
      ['a-1', []],
      ['80', ['must contain at least one letter (a-z)']],
      ['a--b', ['must not contain consecutive hyphens']],
      ['-a', ['must not begin or end with a hyphen']],
      ['a'.repeat(16), ['must be no more than 15 characters']],
      ['Http', ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']],
    ],
  ],
  checkPercent: [
    check.checkPercent,
    [
      ['25%', []],
      [
        '25',
        [
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ],
      ],
    ],
  ],
  checkIpAddress: [
    check.checkIpAddress,
    [
      ['10.9.8.7', []],
      ['2001:db8::1', []],
      ['10.9.8', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    ],
  ],
  checkPathSegmentName: [
    check.checkPathSegmentName,
    [
      ['system:admin', []],
      ['..', ["may not be '..'"]],
      ['a/b%', ["may not contain '/'", "may not contain '%'"]],
    ],
  ],
  checkLocalPath: [
    check.checkLocalPath,
    [
      ['a/..b', []],
      ['/a', ['must be a relative path']],
      ['a/../b', ["must not contain '..'"]],
    ],
  ],
};

for (const [name, [run, cases]] of Object.entries(textCases)) {
  describe(name, () => {
    for (const [value, wrong] of cases) {
      it(`${wrong.length ? 'refuses' : 'takes'} ${JSON.stringify(value.slice(0, 30))}`, () => {
        assert.deepEqual(run(value), wrong);
      });
    }
  });
}

describe('checks of other names', () => {
  it('wants a Service name to start with a letter', () => {
    assert.deepEqual(check.checkDns1035Label('a-1'), []);
    assert.match(check.checkDns1035Label('1-a')[0] ?? '', /^a DNS-1035 label must .*'abc-123', regex used/);
  });

  it('wants a wildcard to be the first label only', () => {
    assert.deepEqual(check.checkWildcardDns1123Subdomain('*.bar.com'), []);
    assert.equal(check.checkWildcardDns1123Subdomain('*.*.com').length, 1);
  });

  it('takes underscores in search domains', () => {
    assert.deepEqual(check.checkDns1123SubdomainWithUnderscore('_tcp.a_b'), []);
    assert.equal(check.checkDns1123SubdomainWithUnderscore('A').length, 1);
  });

  it('checks header names and C identifiers', () => {
    assert.deepEqual(check.checkHttpHeaderName('X-A'), []);
    assert.equal(check.checkHttpHeaderName('X_A').length, 1);
    assert.deepEqual(check.checkCIdentifier('_a1'), []);
    assert.equal(check.checkCIdentifier('1a').length, 1);
  });
});

describe('checks of numbers', () => {
  it('bounds ports', () => {
    assert.deepEqual(check.checkPortNumber(1), []);
    assert.deepEqual(check.checkPortNumber(65536), ['must be between 1 and 65535, inclusive']);
  });

  it('bounds ids to what the kernel keeps', () => {
    assert.deepEqual(check.checkUnixId(4294967295), []);
    assert.deepEqual(check.checkUnixId(-1), ['must be between 0 and 4294967295, inclusive']);
  });

  it('refuses negative numbers', () => {
    assert.deepEqual(check.checkNonNegative(0), []);
    assert.deepEqual(check.checkNonNegative(-1), ['must be greater than or equal to 0']);
  });
});
