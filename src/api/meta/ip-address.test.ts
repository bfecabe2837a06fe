import assert from 'node:assert/strict';
import { checkCidr, checkNonSpecialIp, hostPort, ipFamilyOf } from './ip-address.ts';

describe('checkNonSpecialIp', () => {
  const cases: [address: string, wrong: string[]][] = [
    ['10.0.0.1', []],
    ['2001:db8::1', []],
    ['10.0.0', ['must be a valid IP address']],
    ['0.0.0.0', ['may not be unspecified (0.0.0.0)']],
    ['::', ['may not be unspecified (::)']],
    ['127.1.2.3', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    ['::1', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    ['169.254.1.1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
    ['fe80::1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
    ['224.0.0.1', ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']],
  ];
  for (const [address, wrong] of cases) {
    it(`${wrong.length === 0 ? 'accepts' : 'refuses'} ${address}`, () =>
      assert.deepEqual(checkNonSpecialIp(address), wrong));
  }
});

describe('checkCidr', () => {
  for (const cidr of ['10.0.0.0/8', '0.0.0.0/0', '2001:db8::/64', '::/128']) {
    it(`accepts ${cidr}`, () => assert.deepEqual(checkCidr(cidr), []));
  }
  for (const cidr of ['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0/8', '/8', '']) {
    it(`refuses '${cidr}'`, () => {
      assert.deepEqual(checkCidr(cidr), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
    });
  }
});

it('tells the family of addresses and ranges', () => {
  assert.deepEqual(['10.0.0.1', '10.0.0.0/8', '::1', '::/64', 'None', ''].map(ipFamilyOf), [
    'IPv4',
    'IPv4',
    'IPv6',
    'IPv6',
    undefined,
    undefined,
  ]);
});

it('puts IPv6 addresses in brackets before a port', () => {
  assert.equal(hostPort('10.0.0.1', 80), '10.0.0.1:80');
  assert.equal(hostPort('::1', 80), '[::1]:80');
});
