import assert from 'node:assert/strict';
import { parseCidr } from '../../lib/ipv4.ts';
import { hasRoute } from './service-route.ts';

const TABLE = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	014DA8C0	0003	0	0	0	00000000	0	0	0
bramble0	00002B0A	00000000	0001	0	0	0	0000FFFF	0	0	0
`;

describe('hasRoute', () => {
  const cases: [cidr: string, is: boolean][] = [
    ['10.43.0.0/16', true],
    ['10.44.0.0/16', false],
    ['10.43.0.0/24', false],
    ['0.0.0.0/1', false],
  ];
  for (const [cidr, is] of cases) {
    it(`${is ? 'finds' : 'does not find'} ${cidr}`, () => {
      assert.equal(hasRoute(TABLE, parseCidr(cidr) ?? assert.fail()), is);
    });
  }
});
