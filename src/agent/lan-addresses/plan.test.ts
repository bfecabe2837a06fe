import assert from 'node:assert/strict';
import { type LanLink, METRIC, parseLinks } from './links.ts';
import { type Action, plan } from './plan.ts';

const FLAGS = ['BROADCAST', 'MULTICAST', 'UP'];
const LAN = { local: '192.168.77.11', prefixlen: 24, scope: 'global' };
const HELD = { local: '192.168.77.240', prefixlen: 32, scope: 'global', metric: METRIC };

function links(...entries: { ifname: string; flags?: string[]; addr_info: object[] }[]): LanLink[] {
  return parseLinks(JSON.stringify(entries.map((entry) => ({ flags: FLAGS, ...entry }))), 'pods0');
}

describe('the links to other machines', () => {
  it('are those of networks, with what is held on them apart', () => {
    const found = links(
      { ifname: 'lo', flags: ['LOOPBACK', 'UP'], addr_info: [{ local: '127.0.0.1', prefixlen: 8, scope: 'host' }] },
      { ifname: 'eth0', addr_info: [LAN, HELD] },
      { ifname: 'docker0', addr_info: [{ local: '172.17.0.1', prefixlen: 16, scope: 'global' }] },
      { ifname: 'pods0', addr_info: [{ local: '10.42.0.1', prefixlen: 24, scope: 'global' }] },
      {
        ifname: 'wg0',
        flags: ['POINTOPOINT', 'UP'],
        addr_info: [{ local: '10.9.0.2', prefixlen: 24, scope: 'global' }],
      },
    );
    assert.deepEqual(
      found.map(({ subnets, ...rest }) => ({ ...rest, subnets: subnets.map(({ text }) => text) })),
      [{ name: 'eth0', subnets: ['192.168.77.0/24'], own: ['192.168.77.11'], held: ['192.168.77.240'] }],
    );
  });

  it('have no network where there is no place for others', () => {
    const [link] = links({ ifname: 'eth0', addr_info: [{ ...LAN, prefixlen: 31 }] });
    assert.deepEqual(link?.subnets, []);
  });
});

describe('what a node does about LAN addresses', () => {
  const eth0 = links({ ifname: 'eth0', addr_info: [LAN] });
  const holding = links({ ifname: 'eth0', addr_info: [LAN, HELD] });
  const moved = links({ ifname: 'eth0', addr_info: [HELD] }, { ifname: 'wlan0', addr_info: [LAN] });
  const address = '192.168.77.240';
  const cases: [what: string, actions: Action[], expected: Action[]][] = [
    ['nothing without any', plan([], eth0, 5000), []],
    ['takes what it is given', plan([address], eth0, 5000), [{ do: 'take', address, link: 'eth0' }]],
    [
      'holds on to it, in whole seconds',
      plan([address], holding, 4100),
      [{ do: 'refresh', address, link: 'eth0', seconds: 5 }],
    ],
    ['takes nothing while it is cut off', plan([address], eth0, 0), []],
    ['leaves what it holds to the kernel’s clock then', plan([address], holding, 0), []],
    ['lets go what is another’s, cut off or not', plan([], holding, 0), [{ do: 'remove', address, link: 'eth0' }]],
    ['takes nothing that is on no link of its own', plan(['192.0.2.1'], eth0, 5000), []],
    [
      'follows its network to another link',
      plan([address], moved, 5000),
      [
        { do: 'remove', address, link: 'eth0' },
        { do: 'take', address, link: 'wlan0' },
      ],
    ],
  ];
  for (const [what, actions, expected] of cases) it(what, () => assert.deepEqual(actions, expected));
});
