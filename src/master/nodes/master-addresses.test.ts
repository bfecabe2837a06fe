import assert from 'node:assert/strict';
import { parseCidr } from '../../lib/ipv4.ts';
import { type MasterPlace, masterAddresses } from './master-addresses.ts';

const v4 = (address: string, internal = false) => ({ address, family: 'IPv4' as const, internal });
const cidr = (text: string) => parseCidr(text) ?? assert.fail(text);

const PLACE: MasterPlace = {
  listen: { host: '0.0.0.0', port: 6444 },
  advertiseAddress: '192.168.1.20',
  hostname: 'Pi-1',
  inner: [cidr('10.42.0.0/16'), cidr('10.43.0.0/16')],
  interfaces: {
    lo: [v4('127.0.0.1', true)],
    wlan0: [v4('192.168.1.21'), { address: 'fe80::1', family: 'IPv6', internal: false }],
    eth0: [v4('192.168.1.20'), v4('169.254.3.4')],
    docker0: [v4('172.17.0.1')],
    odd0: [v4('10.42.0.1')],
  },
};

describe('where a master can be reached', () => {
  const cases: [title: string, change: Partial<MasterPlace>, expected: string[]][] = [
    [
      'is as advertised, at its other addresses, and by name',
      {},
      ['192.168.1.20:6444', '192.168.1.21:6444', 'pi-1:6444', 'pi-1.local:6444'],
    ],
    [
      'begins with an advertised address that no link has',
      { advertiseAddress: '203.0.113.7', interfaces: {}, hostname: 'm.example.org' },
      ['203.0.113.7:6444', 'm.example.org:6444'],
    ],
    ['is the one address it listens on', { listen: { host: '192.168.1.21', port: 7 } }, ['192.168.1.21:7']],
    ['is nowhere when it listens to itself alone', { listen: { host: '127.0.0.1', port: 7 } }, []],
    ['is not under a name that means every machine', { hostname: 'localhost', interfaces: {} }, ['192.168.1.20:6444']],
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => assert.deepEqual(masterAddresses({ ...PLACE, ...change }), expected));
  }
});
