import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import type { Node, Pod, PodDisruptionBudget, PodSpec } from '../../../api/types.ts';
import { schedule } from '../cycle.ts';
import { podInfo } from '../pod-info.ts';
import { clusterOf } from '../test-cluster.ts';
import { type Preemption, preempt } from './preempt.ts';

const pi = (name: string, cpu = '2', spec: Node['spec'] = {}) => aNode(name, { allocatable: { cpu }, spec });

function on(
  node: string,
  name: string,
  priority: number,
  cpu: string,
  rest: { start?: string; labels?: Record<string, string> } = {},
): Pod {
  const pod = aPod({ name, node, requests: { cpu }, labels: rest.labels, spec: { nodeName: node, priority } });
  return { ...pod, status: { phase: 'Running', startTime: rest.start ?? '2026-01-01T00:00:00Z' } };
}

function incoming(cpu: string, priority = 100, spec: Partial<PodSpec> = {}): Pod {
  return aPod({ name: 'new', requests: { cpu }, spec: { priority, ...spec } });
}

function budget(labels: Record<string, string>, disruptionsAllowed: number): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'budget', namespace: 'default' },
    spec: { selector: { matchLabels: labels } },
    status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  };
}

interface Case {
  readonly pod: Pod;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly budgets?: readonly PodDisruptionBudget[];
  readonly nominated?: Readonly<Record<string, Pod>>;
  readonly promised?: string;
}

function decide({ pod, nodes, pods, budgets = [], nominated = {}, promised }: Case): Preemption {
  const view = clusterOf({ nodes, pods, nominated });
  const info = podInfo(pod);
  const outcome = schedule(info, view);
  assert.ok(outcome.node === undefined, `the pod fits on ${outcome.node}`);
  return preempt({ pod: info, outcome, view, budgets, nominated: promised });
}

/** `node: victims`, or why there are none. */
function text(decision: Preemption): string {
  if (decision.do !== 'evict') return decision.why;
  return `${decision.node}: ${decision.victims.map(({ pod }) => pod.metadata.name).join(' ')}`;
}

const db = { app: 'db' };

describe('preemption', () => {
  const cases: [title: string, world: Case, wanted: string][] = [
    [
      'takes the less important pod of two',
      { pod: incoming('1'), nodes: [pi('n1')], pods: [on('n1', 'low', 1, '1'), on('n1', 'mid', 2, '1')] },
      'n1: low',
    ],
    [
      'takes no more than it needs',
      {
        pod: incoming('1'),
        nodes: [pi('n1')],
        pods: [on('n1', 'a', 1, '1'), on('n1', 'b', 1, '500m'), on('n1', 'c', 1, '500m')],
      },
      'n1: b c',
    ],
    [
      'lets those go that run for the shortest time',
      {
        pod: incoming('1'),
        nodes: [pi('n1')],
        pods: [on('n1', 'young', 1, '1', { start: '2026-01-02T00:00:00Z' }), on('n1', 'old', 1, '1')],
      },
      'n1: young',
    ],
    [
      'leaves equals and betters alone',
      { pod: incoming('1'), nodes: [pi('n1')], pods: [on('n1', 'equal', 100, '2')] },
      '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
    [
      'says where it would not help',
      {
        pod: incoming('1'),
        nodes: [pi('n1', '2', { unschedulable: true }), pi('n2', '500m')],
        pods: [on('n1', 'low', 1, '2')],
      },
      '0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ],
    [
      'says what is in the way even without the lower ones',
      { pod: incoming('2'), nodes: [pi('n1')], pods: [on('n1', 'equal', 100, '1'), on('n1', 'low', 1, '1')] },
      '0/1 nodes are available: 1 Insufficient cpu.',
    ],
    [
      'is not for pods that never preempt',
      { pod: incoming('1', 100, { preemptionPolicy: 'Never' }), nodes: [pi('n1')], pods: [on('n1', 'low', 1, '2')] },
      'not eligible due to preemptionPolicy=Never.',
    ],
    [
      'spares pods whose budget is used up',
      {
        pod: incoming('1'),
        nodes: [pi('n1')],
        pods: [on('n1', 'kept', 1, '1', { labels: db }), on('n1', 'free', 2, '1')],
        budgets: [budget(db, 0)],
      },
      'n1: free',
    ],
    [
      'breaks a budget when there is no other way',
      {
        pod: incoming('2'),
        nodes: [pi('n1')],
        pods: [on('n1', 'kept', 1, '2', { labels: db })],
        budgets: [budget(db, 0)],
      },
      'n1: kept',
    ],
    [
      'chooses the node where no budget breaks',
      {
        pod: incoming('2'),
        nodes: [pi('n1'), pi('n2')],
        pods: [on('n1', 'kept', 1, '2', { labels: db }), on('n2', 'free', 50, '2')],
        budgets: [budget(db, 0)],
      },
      'n2: free',
    ],
    [
      'chooses the node whose most important victim is the least important',
      { pod: incoming('2'), nodes: [pi('n1'), pi('n2')], pods: [on('n1', 'mid', 50, '2'), on('n2', 'low', 1, '2')] },
      'n2: low',
    ],
    [
      'chooses the node with the smaller sum of priorities',
      {
        pod: incoming('2'),
        nodes: [pi('n1'), pi('n2')],
        pods: [on('n1', 'a', 5, '1'), on('n1', 'b', 4, '1'), on('n2', 'c', 5, '1'), on('n2', 'd', 3, '1')],
      },
      'n2: c d',
    ],
    [
      'chooses the node with fewer victims',
      {
        pod: incoming('2'),
        nodes: [pi('n1'), pi('n2')],
        pods: [on('n1', 'a', 0, '1'), on('n1', 'b', 0, '1'), on('n2', 'c', 0, '2')],
      },
      'n2: c',
    ],
    [
      'chooses the node whose victims started last',
      {
        pod: incoming('2'),
        nodes: [pi('n1'), pi('n2')],
        pods: [on('n1', 'old', 1, '2'), on('n2', 'young', 1, '2', { start: '2026-01-02T00:00:00Z' })],
      },
      'n2: young',
    ],
    [
      'keeps the room that a better pod was promised',
      {
        pod: incoming('1', 50),
        nodes: [pi('n1')],
        pods: [on('n1', 'low', 1, '2')],
        nominated: { n1: aPod({ name: 'better', requests: { cpu: '2' }, spec: { priority: 100 } }) },
      },
      '0/1 nodes are available: 1 Insufficient cpu.',
    ],
  ];
  for (const [title, world, wanted] of cases) it(title, () => assert.equal(text(decide(world)), wanted));

  it('waits while those that it told to leave the node are leaving', () => {
    const leaving = on('n1', 'low', 1, '2');
    leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    const conditions = [{ type: 'DisruptionTarget', status: 'True' as const, reason: 'PreemptionByScheduler' }];
    const pods = [{ ...leaving, status: { ...leaving.status, conditions } }];
    const decision = decide({ pod: incoming('1'), nodes: [pi('n1')], pods, promised: 'n1' });
    assert.deepEqual(decision, { do: 'wait', why: 'not eligible due to a terminating pod on the nominated node.' });
  });

  it('never takes a pod that is not less important, and the pod fits when all of its victims are gone', () => {
    const aVictim = fc.record({
      priority: fc.integer({ min: 0, max: 4 }),
      cpu: fc.integer({ min: 1, max: 20 }),
      node: fc.constantFrom('n1', 'n2', 'n3'),
      isKept: fc.boolean(),
    });
    const nodes = ['n1', 'n2', 'n3'].map((name) => pi(name, '3'));
    fc.assert(
      fc.property(
        fc.array(aVictim, { maxLength: 14 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 5 }),
        (list, cpu, priority) => {
          const pods = list.map((each, i) =>
            on(each.node, `p${i}`, each.priority, `${each.cpu * 100}m`, each.isKept ? { labels: db } : {}),
          );
          const info = podInfo(incoming(`${cpu * 100}m`, priority));
          const view = clusterOf({ nodes, pods });
          const outcome = schedule(info, view);
          if (outcome.node !== undefined) return;
          const decision = preempt({ pod: info, outcome, view, budgets: [budget(db, 1)], nominated: undefined });
          if (decision.do !== 'evict') return;
          assert.ok(decision.victims.length > 0 && decision.victims.every((victim) => victim.priority < priority));
          const gone = new Set(decision.victims.map(({ uid }) => uid));
          const fits = (left: readonly Pod[]) => {
            const only = nodes.filter(({ metadata }) => metadata.name === decision.node);
            return schedule(info, clusterOf({ nodes: only, pods: left })).node !== undefined;
          };
          const left = pods.filter(({ metadata }) => !gone.has(metadata.uid ?? ''));
          assert.ok(fits(left));
          for (const victim of decision.victims) assert.ok(!fits([...left, victim.pod]), 'a victim could have stayed');
        },
      ),
    );
  });
});
