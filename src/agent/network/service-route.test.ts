import assert from 'node:assert/strict';
import { parseProcRoutes } from './proc-route.ts';
import { hasRoute, staleRoutes } from './service-route.ts';

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
      assert.equal(hasRoute(parseProcRoutes(TABLE), cidr), is);
    });
  }
});

describe('staleRoutes', () => {
  it("finds the networks that are no Services' any more", () => {
    const shown = JSON.stringify([{ dst: '10.43.0.0/16' }, { dst: '10.44.0.0/24' }, { dst: '10.45.0.1' }]);
    assert.deepEqual(staleRoutes(shown, ['10.43.0.0/16']), ['10.44.0.0/24', '10.45.0.1/32']);
    assert.deepEqual(staleRoutes('\n', []), []);
  });
});
