import assert from 'node:assert/strict';
import { canonicalIpv6, parseAddress, parsePrefix, prefixContains, prefixCovers } from './prefix.ts';

const prefix = (text: string) => parsePrefix(text) ?? assert.fail(text);
const address = (text: string) => parseAddress(text) ?? assert.fail(text);

describe('networks of both families', () => {
  it('are read as numbers', () => {
    assert.deepEqual(parseAddress('10.0.0.1'), { family: 'IPv4', value: 0x0a000001n });
    assert.deepEqual(parseAddress('2001:DB8::1'), { family: 'IPv6', value: 0x20010db8_00000000_00000000_00000001n });
    assert.deepEqual(parseAddress('::'), { family: 'IPv6', value: 0n });
    assert.deepEqual(parsePrefix('10.43.0.0/16'), { family: 'IPv4', base: 0x0a2b0000n, bits: 16 });
    for (const text of ['x', '1.2.3', 'fe80::1%eth0', '']) assert.equal(parseAddress(text), undefined);
    for (const text of ['10.43.0.1/16', '10.0.0.0', '10.0.0.0/33', '::1/64', '10.0.0.0/', '10.0.0.0/08'])
      assert.equal(parsePrefix(text), undefined, text);
  });

  it('contain addresses and each other', () => {
    assert.ok(prefixContains(prefix('10.43.0.0/16'), address('10.43.255.255')));
    assert.ok(!prefixContains(prefix('10.43.0.0/16'), address('10.44.0.0')));
    assert.ok(!prefixContains(prefix('::/0'), address('10.44.0.0')));
    assert.ok(prefixCovers(prefix('10.43.0.0/16'), prefix('10.43.7.0/24')));
    assert.ok(prefixCovers(prefix('10.43.0.0/16'), prefix('10.43.0.0/16')));
    assert.ok(!prefixCovers(prefix('10.43.7.0/24'), prefix('10.43.0.0/16')));
    assert.ok(prefixCovers(prefix('0.0.0.0/0'), prefix('10.43.0.0/16')));
  });

  it('are written in one way', () => {
    assert.equal(canonicalIpv6('2001:DB8:0:0::1'), '2001:db8::1');
  });
});
