import assert from 'node:assert/strict';
import { aNode } from '../../../test/lib/builders.ts';
import type { Node } from '../../api/types.ts';
import { PodCidrs } from './pod-cidrs.ts';

describe('the CIDRs of nodes', () => {
  let nodes: Node[];
  let cidrs: PodCidrs;

  beforeEach(() => {
    nodes = [];
    cidrs = new PodCidrs('10.42.0.0/22', () => nodes);
  });

  /** The cache shows it. */
  function shown(name: string, podCIDR: string): void {
    nodes.push(aNode(name, { spec: { podCIDR } }));
    cidrs.settled(podCIDR);
  }

  it('differ, also while the cache does not know of the first', () => {
    assert.deepEqual([cidrs.give('a'), cidrs.give('b')], ['10.42.0.0/24', '10.42.1.0/24']);
  });

  it('come back to nodes that are deleted together and come again in another order', () => {
    shown('a', cidrs.give('a'));
    shown('b', cidrs.give('b'));
    nodes = [];
    assert.deepEqual([cidrs.give('b'), cidrs.give('a')], ['10.42.1.0/24', '10.42.0.0/24']);
  });

  it('are not another node’s as long as there are others: pods of the old one may run yet', () => {
    shown('a', cidrs.give('a'));
    nodes = [];
    assert.equal(cidrs.give('b'), '10.42.1.0/24');
  });

  it('are used again when there are no others', () => {
    for (const key of ['a', 'b', 'c', 'd']) shown(key, cidrs.give(key));
    assert.throws(() => cidrs.give('e'), { reason: 'ServiceUnavailable' });
    nodes = nodes.filter(({ metadata }) => metadata.name !== 'c');
    assert.equal(cidrs.give('e'), '10.42.2.0/24');
    assert.throws(() => cidrs.give('c'), { reason: 'ServiceUnavailable' });
  });

  it('are given again to the same key when its Node could not be written', () => {
    assert.deepEqual([cidrs.give('a'), cidrs.give('a')], ['10.42.0.0/24', '10.42.0.0/24']);
  });

  it('tell who else has one', () => {
    shown('a', '10.42.0.0/24');
    assert.deepEqual([cidrs.holderOf('10.42.0.0/24', 'b'), cidrs.holderOf('10.42.0.0/24', 'a')], ['a', undefined]);
  });
});
