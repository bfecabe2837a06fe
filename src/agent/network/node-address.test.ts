import assert from 'node:assert/strict';
import { type AddressFacts, chooseAddress } from './node-address.ts';

describe('chooseAddress', () => {
  const facts: AddressFacts = {
    current: '192.168.77.11',
    towardsMaster: '192.168.77.11',
    towardsOutside: '192.168.77.11',
    held: new Set(['127.0.0.1', '192.168.77.11', '172.17.0.1']),
  };
  const cases: readonly (readonly [string, Partial<AddressFacts>, string])[] = [
    ['stays while it is the source towards the master', {}, '192.168.77.11'],
    ['follows the source towards the master', { towardsMaster: '192.168.77.99' }, '192.168.77.99'],
    [
      'stays without any route while a link has it',
      { towardsMaster: undefined, towardsOutside: undefined },
      '192.168.77.11',
    ],
    ['stays without a route to the master', { towardsMaster: undefined, towardsOutside: '10.0.0.5' }, '192.168.77.11'],
    [
      'stays where the master is this machine',
      { towardsMaster: '127.0.0.1', towardsOutside: '10.0.0.5' },
      '192.168.77.11',
    ],
    [
      'becomes the source to the outside when no link has it and the master is this machine',
      { towardsMaster: '127.0.0.1', towardsOutside: '10.0.0.5', held: new Set(['10.0.0.5']) },
      '10.0.0.5',
    ],
    [
      'stays what it was when the machine has no address at all: Docker’s bridge is none',
      { towardsMaster: undefined, towardsOutside: undefined, held: new Set(['172.17.0.1']) },
      '192.168.77.11',
    ],
    ['leaves loopback when there is another', { current: '127.0.0.1', towardsMaster: '127.0.0.1' }, '192.168.77.11'],
  ];
  for (const [title, change, expected] of cases)
    it(title, () => assert.equal(chooseAddress({ ...facts, ...change }), expected));
});
