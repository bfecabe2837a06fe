import assert from 'node:assert/strict';
import { parseHostPort } from './config-check.ts';
import { cidrContains, formatIpv4, parseCidr, parseIpv4 } from './ipv4.ts';

describe('configuration values', () => {
  for (const [text, wanted] of [
    ['0.0.0.0:6443', { host: '0.0.0.0', port: 6443 }],
    [':6443', { host: '0.0.0.0', port: 6443 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['pi-1.local:6444', { host: 'pi-1.local', port: 6444 }],
    ['pi-1', undefined],
    ['a:70000', undefined],
  ] as const) {
    it(`reads the address ${text}`, () => assert.deepEqual(parseHostPort(text), wanted));
  }

  for (const [text, base] of [
    ['10.42.0.0/16', 0x0a2a0000],
    ['10.42.1.0/16', undefined],
    ['10.42.0.0', undefined],
    ['10.42.0.0/33', undefined],
    ['10.042.0.0/16', undefined],
  ] as const) {
    it(`reads the network ${text}`, () => assert.equal(parseCidr(text)?.base, base));
  }

  it('knows which addresses a network holds', () => {
    const cidr = parseCidr('10.43.0.0/16');
    assert.ok(cidr);
    assert.equal(cidrContains(cidr, parseIpv4('10.43.255.255') ?? 0), true);
    assert.equal(cidrContains(cidr, parseIpv4('10.44.0.0') ?? 0), false);
    assert.equal(formatIpv4(cidr.base + 10), '10.43.0.10');
  });
});
