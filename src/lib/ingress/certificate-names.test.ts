import assert from 'node:assert/strict';
import { certificateNames } from './certificate-names.ts';

describe('the hosts that a certificate is for', () => {
  for (const [title, subject, subjectAltName, expected] of [
    [
      'are its alternative names, not its common one',
      'CN=cn.com',
      'DNS:b.com, DNS:*.A.com, DNS:b.com',
      ['*.a.com', 'b.com'],
    ],
    ['are its common names without others', 'O=Shop\nCN=Foo.com\nCN=bar.com', undefined, ['bar.com', 'foo.com']],
    ['are its common name beside addresses', 'CN=foo.com', 'IP Address:10.0.0.1, URI:http://x', ['foo.com']],
    ['are none of what is no host', 'CN=Shop authority', undefined, []],
    ['are no addresses', 'CN=10.0.0.1', undefined, []],
    ['are no star for all', 'CN=x', 'DNS:*, DNS:a.*.com, DNS:foo.com', ['foo.com']],
    [
      'are no part of another name',
      'CN=x',
      'URI:"http://x, DNS:a.com", DNS:"c, DNS:b.com\\"", DNS:foo.com',
      ['foo.com'],
    ],
  ] as const) {
    it(title, () => assert.deepEqual(certificateNames({ subject, subjectAltName }), expected));
  }
});
