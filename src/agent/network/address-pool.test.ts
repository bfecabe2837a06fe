import assert from 'node:assert/strict';
import { nextAddress, parseAddressState, stateFor } from './address-pool.ts';
import { gatewayOf, requireCidr } from './cidr.ts';

const CIDR = requireCidr('10.42.3.0/24');

describe('pod addresses', () => {
  const cases: [string, string[], string | undefined, string | undefined][] = [
    ['begin behind the gateway', [], undefined, '10.42.3.2'],
    ['go on behind the last', ['10.42.3.2'], '10.42.3.2', '10.42.3.3'],
    ['let one that was given back rest', [], '10.42.3.9', '10.42.3.10'],
    ['pass over what is taken', ['10.42.3.3', '10.42.3.4'], '10.42.3.2', '10.42.3.5'],
    ['begin anew at the end', ['10.42.3.2'], '10.42.3.254', '10.42.3.3'],
    ['never are the broadcast address', [], '10.42.3.253', '10.42.3.254'],
    ['begin anew after another range', [], '10.42.9.77', '10.42.3.2'],
  ];
  for (const [title, taken, last, expected] of cases)
    it(title, () => {
      assert.equal(nextAddress(CIDR, new Set(taken), last), expected);
    });

  it('are 253 of a /24, each once', () => {
    const taken = new Set<string>();
    let last: string | undefined;
    for (;;) {
      const address = nextAddress(CIDR, taken, last);
      if (address === undefined) break;
      assert.ok(!taken.has(address));
      taken.add(address);
      last = address;
    }
    assert.equal(taken.size, 253);
    assert.ok(!taken.has('10.42.3.1') && !taken.has('10.42.3.0') && !taken.has('10.42.3.255'));
    taken.delete('10.42.3.100');
    assert.equal(nextAddress(CIDR, taken, last), '10.42.3.100');
  });

  it('are kept on disk, and forgotten with the range they are of', () => {
    const state = { podCidr: '10.42.3.0/24', last: '10.42.3.2', byPod: { u: '10.42.3.2' } };
    assert.deepEqual(parseAddressState(JSON.stringify(state)), state);
    assert.equal(stateFor('10.42.3.0/24', state), state);
    assert.deepEqual(stateFor('10.42.4.0/24', state), { podCidr: '10.42.4.0/24', last: undefined, byPod: {} });
  });

  for (const text of ['', '{"podCidr":', '7', 'null', '{"podCidr":1,"byPod":{}}', '{"podCidr":"x"}'])
    it(`are given anew when the file holds ${JSON.stringify(text)}`, () => {
      assert.equal(parseAddressState(text), undefined);
    });
});

describe('ranges', () => {
  it('are read and written', () => {
    assert.deepEqual(requireCidr('10.42.3.0/24'), { text: '10.42.3.0/24', base: 0x0a2a0300, size: 256 });
    assert.equal(gatewayOf(requireCidr('192.168.0.0/16')), '192.168.0.1');
  });

  for (const text of [
    '10.42.3.1/24',
    '10.42.3.0',
    '10.42.3.0/33',
    '10.42.256.0/24',
    'fd00::/64',
    '10.42.3.0/-1',
    '10.42.3.0/',
  ])
    it(`refuse ${text}`, () => {
      assert.throws(() => requireCidr(text), { code: 'InvalidCidr' });
    });
});
