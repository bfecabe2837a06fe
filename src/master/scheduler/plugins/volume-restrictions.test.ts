import assert from 'node:assert/strict';
import type { PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import { podInfo } from '../pod-info.ts';
import { preempt } from '../preemption/preempt.ts';
import { clusterOf, place, verdict } from '../test-cluster.ts';
import { aFreeVolume, aNamedNode, anOpenClaim, aPodWithClaims, bound, storageOf } from '../test-storage.ts';

const NODES = [aNamedNode('a'), aNamedNode('b')];

function shared(mode: 'ReadWriteOncePod' | 'ReadWriteMany'): PersistentVolumeClaim {
  const claim = bound(anOpenClaim('x'), 'v');
  return { ...claim, spec: { ...claim.spec, accessModes: [mode] } };
}

function running(pod: Pod, part: { namespace?: string; phase?: 'Running' | 'Succeeded' } = {}): Pod {
  const { namespace = 'default', phase = 'Running' } = part;
  return {
    ...pod,
    metadata: { ...pod.metadata, namespace },
    spec: { ...pod.spec, nodeName: 'b' },
    status: { phase },
  };
}

describe('a claim that is for one pod', () => {
  const { nodeAffinity: _, ...everywhere } = aFreeVolume('v').spec;
  const volumes = [{ ...aFreeVolume('v'), spec: everywhere }];
  const clusterWith = (claim: PersistentVolumeClaim, pods: Pod[]) =>
    clusterOf({ nodes: NODES, pods, storage: storageOf([claim], volumes) });
  const [first, second] = [aPodWithClaims('first', 'x'), aPodWithClaims('second', 'x')];
  const refused =
    '0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode.';
  const cases: [what: string, claim: PersistentVolumeClaim, other: Pod, verdict: string][] = [
    ['has no second one, whatever its node', shared('ReadWriteOncePod'), running(first), refused],
    ['has another when the first has ended', shared('ReadWriteOncePod'), running(first, { phase: 'Succeeded' }), 'a'],
    ['is another one in another namespace', shared('ReadWriteOncePod'), running(first, { namespace: 'other' }), 'a'],
    ['is none when it is for many', shared('ReadWriteMany'), running(first), 'a'],
  ];
  for (const [what, claim, other, expected] of cases) {
    it(what, () => assert.equal(verdict(second, clusterWith(claim, [other])), expected));
  }

  it('is given to a more important pod on the node where it is', () => {
    const view = clusterWith(shared('ReadWriteOncePod'), [running(first)]);
    const pod = { ...second, spec: { ...second.spec, priority: 10 } };
    const outcome = place(pod, view);
    assert.equal(outcome.node, undefined);
    const decision = preempt({ pod: podInfo(pod), outcome, view, budgets: [], nominated: undefined });
    assert.deepEqual(decision.do === 'evict' && [decision.node, decision.victims.map(({ uid }) => uid)], [
      'b',
      ['uid-of-first'],
    ]);
  });
});
