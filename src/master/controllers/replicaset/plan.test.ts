import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aPod } from '../../../../test/lib/builders.ts';
import type { Pod, ReplicaSet } from '../../../api/types.ts';
import { controllerReference } from '../workload/owner.ts';
import { isPodActive } from '../workload/pod-state.ts';
import { type Action, plan } from './plan.ts';
import { nextAvailableMs, statusOf } from './status.ts';

const NOW = Date.parse('2030-01-01T00:01:00Z');

function aSet(replicas: number, spec: Partial<ReplicaSet['spec']> = {}): ReplicaSet {
  const labels = { app: 'web', tier: 'front' };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default', uid: 'own', generation: 2 },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels }, spec: { containers: [] } },
      ...spec,
    },
  };
}

function podOf(set: ReplicaSet, options: Parameters<typeof aPod>[0] & { readyFor?: number } = {}): Pod {
  const pod = aPod({ labels: { app: 'web', tier: 'front' }, node: 'pi-1', ...options });
  pod.metadata.ownerReferences = [controllerReference(set)];
  const { readyFor } = options;
  if (readyFor !== undefined) {
    const lastTransitionTime = new Date(NOW - readyFor * 1000).toISOString();
    pod.status = { ...pod.status, conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] };
  }
  return pod;
}

const siblings = new Set(['own']);
const decide = (set: ReplicaSet, pods: readonly Pod[]) => plan(set, { pods, siblings }, NOW);

describe('the plan of a ReplicaSet', () => {
  const set = aSet(2);
  const mine = podOf(set, { name: 'mine' });
  const other = podOf(set, { name: 'other' });

  it('creates what is missing', () => {
    assert.deepEqual(decide(set, []), [{ do: 'createPods', count: 2 }]);
    assert.deepEqual(decide(set, [mine]), [{ do: 'createPods', count: 1 }]);
  });

  it('replaces a terminating pod once', () => {
    const leaving = podOf(set, { name: 'leaving', deleted: true });
    assert.deepEqual(decide(set, [mine, leaving]), [{ do: 'createPods', count: 1 }]);
    assert.deepEqual(decide(set, [mine, leaving, other]), []);
  });

  it('replaces pods that failed and leaves them where they are', () => {
    assert.deepEqual(decide(set, [mine, podOf(set, { name: 'failed', phase: 'Failed' })]), [
      { do: 'createPods', count: 1 },
    ]);
  });

  it('releases a relabelled pod and creates another', () => {
    const relabelled = podOf(set, { name: 'relabelled', labels: { app: 'debug' } });
    assert.deepEqual(decide(set, [mine, relabelled]), [
      { do: 'release', pod: relabelled },
      { do: 'createPods', count: 1 },
    ]);
  });

  it('adopts a bare pod with the labels, and deletes what is then too much', () => {
    const bare = aPod({ name: 'bare', labels: { app: 'web' } });
    assert.deepEqual(decide(set, [mine, other, bare]), [
      { do: 'adopt', pod: bare },
      { do: 'deletePod', pod: bare },
    ]);
  });

  it('does nothing once it is being deleted', () => {
    const leaving = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.deepEqual(decide(leaving, [mine]), []);
  });

  it('creates no more than 500 at once', () => {
    assert.deepEqual(decide(aSet(2000), []), [{ do: 'createPods', count: 500 }]);
  });

  it('converges on exactly its number whatever was there, and rests then', () => {
    const anyPod = fc.record({
      isMine: fc.boolean(),
      isSelected: fc.boolean(),
      deleted: fc.boolean(),
      phase: fc.constantFrom('Pending', 'Running', 'Failed', 'Succeeded', 'Unknown'),
      node: fc.constantFrom('', 'pi-1', 'pi-2'),
    });
    fc.assert(
      fc.property(fc.nat(8), fc.array(anyPod, { maxLength: 12 }), (replicas, facts) => {
        const owner = aSet(replicas);
        let pods = facts.map(({ isMine, isSelected, ...rest }, index) => {
          const options = { name: `p${index}`, labels: isSelected ? { app: 'web' } : { app: 'db' }, ...rest };
          return isMine ? podOf(owner, options) : aPod(options);
        });
        for (const action of decide(owner, pods)) pods = apply(owner, pods, action);
        assert.deepEqual(decide(owner, pods), []);
        assert.equal(statusOf(owner, pods, { now: NOW }).replicas, replicas);
      }),
    );
  });
});

/** What a pass does to the pods. */
function apply(set: ReplicaSet, pods: readonly Pod[], action: Action): Pod[] {
  if (action.do === 'createPods') {
    const created = Array.from({ length: action.count }, (_, index) => podOf(set, { name: `new${index}` }));
    return [...pods, ...created];
  }
  return pods.map((pod) => {
    if (pod.metadata.name !== action.pod.metadata.name) return pod;
    const { ownerReferences: _none, ...metadata } = pod.metadata;
    if (action.do === 'release') return { ...pod, metadata };
    if (action.do === 'adopt')
      return { ...pod, metadata: { ...metadata, ownerReferences: [controllerReference(set)] } };
    return { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
  });
}

describe('the status of a ReplicaSet', () => {
  const set = aSet(3, { minReadySeconds: 10 });

  it('counts pods by what they are', () => {
    const pods = [
      podOf(set, { name: 'a', readyFor: 20 }),
      podOf(set, { name: 'b', readyFor: 4 }),
      podOf(set, { name: 'c', labels: { app: 'web' } }),
      podOf(set, { name: 'd', deleted: true }),
      podOf(set, { name: 'e', phase: 'Failed' }),
    ];
    assert.deepEqual(statusOf(set, pods, { now: NOW }), {
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      terminatingReplicas: 1,
      observedGeneration: 2,
    });
    assert.equal(nextAvailableMs(set, pods, NOW), 6000);
    assert.equal(pods.filter(isPodActive).length, 3);
  });

  it('says why pods could not be made, until all goes well', () => {
    const failure = { reason: 'FailedCreate', message: 'exceeded quota' } as const;
    const failed = statusOf(set, [], { failure, now: NOW });
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: '2030-01-01T00:01:00Z',
      ...failure,
    };
    assert.deepEqual(failed.conditions, [condition]);
    const again = statusOf({ ...set, status: failed }, [], {
      failure: { ...failure, message: 'other' },
      now: NOW + 5000,
    });
    assert.deepEqual(again.conditions, [condition]);
    assert.equal(statusOf({ ...set, status: failed }, [], { now: NOW }).conditions, undefined);
    assert.equal(nextAvailableMs(set, [], NOW), undefined);
  });
});
