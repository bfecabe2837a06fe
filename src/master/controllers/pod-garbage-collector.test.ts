import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import { isOrphaned } from './pod-garbage-collector.ts';

describe('the pod garbage collector', () => {
  for (const [title, pod, node, wanted] of [
    ['takes a pod whose node is gone', aPod({ node: 'pi-1' }), undefined, true],
    ['leaves a pod whose node is there', aPod({ node: 'pi-1' }), aNode('pi-1'), false],
    ['leaves a pod that waits for a node', aPod(), undefined, false],
    ['takes a terminating pod that never had a node', aPod({ deleted: true }), undefined, true],
    ['leaves a terminating pod to its node', aPod({ node: 'pi-1', deleted: true }), aNode('pi-1'), false],
  ] as const) {
    it(title, () => assert.equal(isOrphaned(pod, node), wanted));
  }
});
