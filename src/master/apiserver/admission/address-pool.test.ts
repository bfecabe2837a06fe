import assert from 'node:assert/strict';
import { formatIpv4 } from '../../../lib/ipv4.ts';
import { contains, parseRange, pickFree } from './address-pool.ts';

describe('parseRange', () => {
  it('leaves out the network and broadcast addresses and keeps a band for those who choose', () => {
    const { first: low, last, firstDynamic } = parseRange('10.43.0.0/16');
    assert.deepEqual([low, firstDynamic, last].map(formatIpv4), ['10.43.0.1', '10.43.1.1', '10.43.255.254']);
    const small = parseRange('10.0.0.0/28');
    assert.deepEqual([small.first, small.firstDynamic, small.last].map(formatIpv4), [
      '10.0.0.1',
      '10.0.0.1',
      '10.0.0.14',
    ]);
  });

  for (const cidr of ['10.43.0.0', '10.43.0/16', '10.43.7.9/16', '10.43.0.0/31', 'fd00::/64', '10.43.0.0/x']) {
    it(`refuses ${cidr}`, () => assert.throws(() => parseRange(cidr), RangeError));
  }

  it('knows what lies within', () => {
    const range = parseRange('10.43.0.0/24');
    const inside = ['10.43.0.1', '10.43.0.254', '10.43.0.255', '10.43.1.1', 'x'].map((ip) => contains(range, ip));
    assert.deepEqual(inside, [true, true, false, false, false]);
  });
});

describe('pickFree', () => {
  it('finds the last free number, and none when there is none', () => {
    const band = { first: 1, middle: 5, last: 9 };
    assert.equal(
      pickFree(
        band,
        () => false,
        () => 2,
      ),
      7,
    );
    assert.equal(
      pickFree(
        band,
        (n) => n !== 5,
        () => 3,
      ),
      5,
    );
    assert.equal(
      pickFree(
        band,
        (n) => n !== 2,
        () => 0,
      ),
      2,
    );
    assert.equal(
      pickFree(
        band,
        () => true,
        () => 0,
      ),
      undefined,
    );
  });
});
