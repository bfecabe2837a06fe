import assert from 'node:assert/strict';
import { sourceRangesOf } from './source-ranges.ts';

const NODE = { nodeIp: '192.168.1.11', allowed: ['192.168.1.240'] };

describe('source ranges of a load balancer', () => {
  const cases: [what: string, ranges: string[], expected: string[]][] = [
    ['nothing said: everybody', [], []],
    ['in one order', ['10.9.0.0/24', ' 10.0.0.0/24'], ['10.0.0.0/24', '10.9.0.0/24']],
    ['without host bits', ['10.9.0.7/24'], ['10.9.0.0/24']],
    ['none within another, none twice', ['10.9.1.0/24', '10.9.0.0/16', '10.9.0.0/16'], ['10.9.0.0/16']],
    ['of IPv4', ['2001:db8::/64', '10.9.0.0/16'], ['10.9.0.0/16']],
    ['of another family alone: nobody', ['2001:db8::/64'], ['0.0.0.0/32']],
    ['the whole world: everybody', ['0.0.0.0/0', '10.9.0.0/16'], []],
    [
      'with the node: its way through the address itself, too',
      ['192.168.1.8/29'],
      ['192.168.1.8/29', '192.168.1.240/32'],
    ],
  ];
  for (const [what, ranges, expected] of cases)
    it(what, () => assert.deepEqual(sourceRangesOf(ranges, NODE), expected));
});
