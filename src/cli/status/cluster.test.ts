import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import type { CoreEvent, Node, Pod } from '../../api/types.ts';
import { type ClusterFacts, judgeCluster } from './cluster.ts';

const NOW = Date.parse('2026-01-02T12:00:00Z');
const agoText = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const MASTER = { version: '0.1.0', startedAt: agoText(3600), storeBytes: 4096 };
type Status = NonNullable<Pod['status']>;

function judge(facts: Partial<ClusterFacts>) {
  const empty = { server: 'https://10.0.0.5:6443', master: MASTER, nodes: [aNode()], pods: [], warnings: [] };
  return judgeCluster({ ...empty, ...facts }, NOW);
}

function pod(status: Status, options: { ageS?: number; metadata?: Partial<Pod['metadata']> } = {}): Pod {
  const made = aPod({ node: 'pi-1' });
  const { ageS = 3600, metadata } = options;
  return { ...made, metadata: { ...made.metadata, creationTimestamp: agoText(ageS), ...metadata }, status };
}

function node(...conditions: NonNullable<NonNullable<Node['status']>['conditions']>): Node {
  const made = aNode('pi-2');
  return { ...made, status: { ...made.status, conditions } };
}

const READY = [{ type: 'Ready', status: 'True' as const }];
const waiting = (reason: string, message?: string): Status => ({
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'main',
      image: 'x',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, ...(message ? { message } : {}) } },
    },
  ],
});
const controller = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'u', controller: true };

describe('the judgement of a pod', () => {
  /** What is said of it: nothing of one that is well. */
  const cases: readonly [string, Pod, string | undefined, boolean?][] = [
    ['is nothing while it runs and is ready', pod({ phase: 'Running', conditions: READY }), undefined],
    ['is nothing when it has done its work', pod({ phase: 'Succeeded' }), undefined],
    ['is that it is not ready', pod({ phase: 'Running' }), 'NotReady', true],
    ['is that it starts', pod(waiting('ContainerCreating'), { ageS: 20 }), 'ContainerCreating', false],
    ['is that it starts for too long', pod(waiting('ContainerCreating'), { ageS: 300 }), 'ContainerCreating', true],
    ['is its wrong image at once', pod(waiting('ErrImagePull', 'no such image'), { ageS: 5 }), 'ErrImagePull', true],
    ['is that it ended badly', pod({ phase: 'Failed', reason: 'Evicted' }), 'Evicted', true],
    [
      'is nothing when a controller has seen it fail',
      pod({ phase: 'Failed' }, { metadata: { ownerReferences: [controller] } }),
      undefined,
    ],
    [
      'is that it ends',
      pod({ phase: 'Running', conditions: READY }, { metadata: { deletionTimestamp: agoText(10) } }),
      'Terminating',
      false,
    ],
    [
      'is that it does not end',
      pod({ phase: 'Running', conditions: READY }, { metadata: { deletionTimestamp: agoText(600) } }),
      'Terminating',
      true,
    ],
  ];
  for (const [title, given, status, isWrong] of cases) {
    it(title, () => {
      const { pods, isWell } = judge({ pods: [given] });
      assert.deepEqual([pods.troubled[0]?.status, pods.troubled[0]?.isWrong], [status, isWrong]);
      assert.equal(isWell, !isWrong);
    });
  }

  it('has the words of the container, else of the scheduler, else of the pod', () => {
    const message = (status: Status) => judge({ pods: [pod(status)] }).pods.troubled[0]?.message;
    assert.equal(message(waiting('ErrImagePull', 'no such image')), 'main: no such image');
    const unscheduled = { type: 'PodScheduled', status: 'False' as const, message: '0/1 nodes are available' };
    assert.equal(message({ phase: 'Pending', conditions: [unscheduled] }), '0/1 nodes are available');
    assert.equal(message({ phase: 'Failed', message: 'The node was low on memory' }), 'The node was low on memory');
    assert.equal(message({ phase: 'Pending' }), '');
  });

  it('leads to the log of one that falls again and again, and to the events of others', () => {
    const next = (status: Status) => judge({ pods: [pod(status)] }).next;
    assert.deepEqual(next(waiting('CrashLoopBackOff')), ['kubectl logs --previous --all-containers -n default web']);
    assert.deepEqual(next(waiting('ErrImagePull')), ['kubectl describe pod -n default web']);
  });
});

describe('the judgement of a node', () => {
  const ready = { type: 'Ready', status: 'True' } as const;
  const cases: readonly [string, Node, readonly string[]][] = [
    ['is nothing when it is Ready', node(ready, { type: 'MemoryPressure', status: 'False' }), []],
    [
      'is why it is not Ready',
      node({ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting node status.' }),
      ['NotReady: Kubelet stopped posting node status.'],
    ],
    ['is that it never came', node(), ['NotReady: it has not reported yet']],
    [
      'is every bad condition',
      node(ready, { type: 'SlowDisk', status: 'True', message: 'slow' }, { type: 'UnderVoltage', status: 'True' }),
      ['SlowDisk: slow', 'UnderVoltage: '],
    ],
    ['is nothing of conditions that nobody knows', node(ready, { type: 'MemoryPressure', status: 'Unknown' }), []],
  ];
  for (const [title, given, problems] of cases) {
    it(title, () => {
      const { nodes, isWell, next } = judge({ nodes: [given] });
      assert.deepEqual(
        nodes[0]?.problems.map(({ type, message }) => `${type}: ${message}`),
        problems,
      );
      assert.equal(isWell, problems.length === 0);
      if (problems.length > 0) assert.deepEqual(next, ['kubectl describe node pi-2']);
    });
  }

  it('counts its pods and what they ask for, without those that have ended', () => {
    const asking = aPod({ node: 'pi-1', requests: { memory: '1Gi' } });
    const ended = aPod({ node: 'pi-1', requests: { memory: '2Gi' }, phase: 'Succeeded' });
    const [seen] = judge({ pods: [asking, ended, aPod({ requests: { memory: '4Gi' } })] }).nodes;
    assert.deepEqual([seen?.pods, seen?.memoryRequestedBytes, seen?.memoryBytes], [1, 2 ** 30, 8 * 2 ** 30]);
  });

  it('asks for nodes where there are none', () => {
    const { isWell, next } = judge({ nodes: [] });
    assert.equal(isWell, false);
    assert.match(next.join(), /bramble token create/);
  });
});

describe('the last warnings', () => {
  const event = (reason: string, times: Partial<CoreEvent>): CoreEvent => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: reason, creationTimestamp: agoText(9999) },
    involvedObject: { kind: 'Pod', name: 'web' },
    reason,
    message: 'why ',
    ...times,
  });

  it('are the newest first, by whichever time they have, and do no harm by themselves', () => {
    const { warnings, isWell } = judge({
      warnings: [
        event('Oldest', {}),
        event('Counted', { lastTimestamp: agoText(10), count: 3 }),
        event('Series', { eventTime: agoText(500), series: { count: 7, lastObservedTime: agoText(5) } }),
        event('Fresh', { eventTime: agoText(20) }),
        ...[1, 2].map((n) => event(`Older-${n}`, { lastTimestamp: agoText(1000 + n) })),
      ],
    });
    assert.deepEqual(
      warnings.map(({ reason, count }) => [reason, count]),
      [
        ['Series', 7],
        ['Counted', 3],
        ['Fresh', 1],
        ['Older-1', 1],
        ['Older-2', 1],
      ],
    );
    assert.deepEqual(warnings[0], {
      lastSeen: agoText(5),
      count: 7,
      object: 'pod/web',
      reason: 'Series',
      message: 'why',
    });
    assert.equal(isWell, true);
  });
});
