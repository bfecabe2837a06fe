import assert from 'node:assert/strict';
import type { Node, NodeCondition } from '../../api/types.ts';
import { toRfc3339 } from '../../lib/clock.ts';
import { KEY_ANNOTATION, mergeMetadata, type NodePlan, newNode, planNode } from './node-plan.ts';

const NOW = Date.UTC(2026, 0, 1);
const GRACE_MS = 10_000;

/** The plan at `now` for a node that was heard at `heardAt`. */
function planAt(node: Node, report: Node | undefined, heardAt: number, now: number): NodePlan {
  const signs = { reported: report, silentMs: Math.max(now - heardAt, 0), eviction: 'allowed' } as const;
  return planNode(node, signs, { now, graceMs: GRACE_MS });
}

function ready(status: 'True' | 'False'): NodeCondition[] {
  return [
    { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'm' },
    { type: 'Ready', status, reason: status === 'True' ? 'KubeletReady' : 'KubeletNotReady', message: 'm' },
  ];
}

function reported(status: 'True' | 'False' = 'True', cpu = '4'): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'pi-1', labels: { 'kubernetes.io/arch': 'arm64' } },
    spec: {},
    status: { capacity: { cpu }, conditions: ready(status) },
  };
}

/** What the plan makes of the object, as the API would store it. */
function settled(from: Node, report: Node, now: number): Node {
  const plan = planAt(from, report, now, now);
  return { ...(plan.node ?? from), status: plan.status ?? from.status };
}

const FRESH = newNode(reported(), { name: 'pi-1', podCidr: '10.42.0.0/24', keyHash: 'k' });

function condition(node: Pick<Node, 'status'> | undefined, type: string): NodeCondition | undefined {
  return node?.status?.conditions?.find((one) => one.type === type);
}

describe('planNode', () => {
  it('keeps what somebody else says the node has, and gives all of it to pods', () => {
    const first = settled(FRESH, reported(), NOW);
    const capacity = { ...first.status?.capacity, 'example.com/dongle': '3' };
    const patched = { ...first, status: { ...first.status, capacity } };
    const { status } = settled(patched, reported('True', '8'), NOW + 1000);
    assert.deepEqual(status?.capacity, { 'example.com/dongle': '3', cpu: '8' });
    assert.deepEqual(status?.allocatable, { 'example.com/dongle': '3' });
    assert.equal(planAt({ ...patched, status }, reported('True', '8'), NOW, NOW + 1000).status, undefined);
  });

  it('gives a new node its status with times of the master', () => {
    const node = settled(FRESH, reported(), NOW);
    assert.equal(node.status?.capacity?.cpu, '4');
    const at = toRfc3339(NOW);
    assert.deepEqual(condition(node, 'Ready'), {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'm',
      lastHeartbeatTime: at,
      lastTransitionTime: at,
    });
  });

  it('writes nothing when nothing changed', () => {
    const node = settled(FRESH, reported(), NOW);
    const plan = planAt(node, reported(), NOW + 5_000, NOW + 5_000);
    assert.equal(plan.status, undefined);
    assert.equal(plan.node, undefined);
    assert.equal(plan.lookAgainMs, GRACE_MS);
  });

  it('refreshes heartbeat times in memory only, every five minutes', () => {
    const node = settled(FRESH, reported(), NOW);
    const later = NOW + 300_000;
    const plan = planAt(node, reported(), later, later);
    assert.equal(plan.isVolatile, true);
    assert.equal(condition(plan, 'Ready')?.lastHeartbeatTime, toRfc3339(later));
    assert.equal(condition(plan, 'Ready')?.lastTransitionTime, toRfc3339(NOW));
  });

  it('writes a changed capacity durably', () => {
    const node = settled(FRESH, reported(), NOW);
    const plan = planAt(node, reported('True', '8'), NOW, NOW);
    assert.equal(plan.isVolatile, false);
    assert.equal(plan.status?.capacity?.cpu, '8');
  });

  it('marks a silent node unknown, in Kubernetes’ words, and taints it', () => {
    const node = settled(FRESH, reported(), NOW);
    const later = NOW + GRACE_MS;
    const plan = planAt(node, reported(), NOW, later);
    const lost = condition(plan, 'Ready');
    assert.equal(lost?.status, 'Unknown');
    assert.equal(lost?.reason, 'NodeStatusUnknown');
    assert.equal(lost?.message, 'Kubelet stopped posting node status.');
    assert.equal(lost?.lastHeartbeatTime, toRfc3339(NOW));
    assert.equal(lost?.lastTransitionTime, toRfc3339(later));
    assert.deepEqual(
      plan.node?.spec.taints?.map(({ key, effect }) => `${key}:${effect}`),
      ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
    );
  });

  it('is content with a node that it has marked', () => {
    const later = NOW + GRACE_MS;
    const before = settled(FRESH, reported(), NOW);
    const first = planAt(before, reported(), NOW, later);
    const marked = { ...(first.node ?? before), status: first.status };
    const second = planAt(marked, reported(), NOW, later + 60_000);
    assert.deepEqual([second.status, second.node], [undefined, undefined]);
  });

  it('says of a node whose agent never came that kubelet never posted', () => {
    const plan = planAt(FRESH, undefined, NOW - GRACE_MS, NOW);
    assert.equal(condition(plan, 'Ready')?.reason, 'NodeStatusNeverUpdated');
  });

  it('takes the marks off when the agent is back', () => {
    const before = settled(FRESH, reported(), NOW);
    const lost = planAt(before, reported(), NOW, NOW + GRACE_MS);
    const marked = { ...(lost.node ?? before), status: lost.status };
    const back = settled(marked, reported(), NOW + 20_000);
    assert.equal(condition(back, 'Ready')?.status, 'True');
    assert.equal(condition(back, 'Ready')?.lastTransitionTime, toRfc3339(NOW + 20_000));
    assert.equal(back.spec.taints, undefined);
  });

  it('leaves a node alone that has not reported since the master started, as long as it may still come', () => {
    const node = settled(FRESH, reported(), NOW);
    const plan = planAt(node, undefined, NOW + 10_000, NOW + 5_000);
    assert.deepEqual([plan.status, plan.node, plan.lookAgainMs], [undefined, undefined, GRACE_MS]);
  });
});

describe('mergeMetadata', () => {
  const held: Node = { ...FRESH, metadata: { name: 'pi-1', labels: { room: 'attic', 'kubernetes.io/arch': 'arm64' } } };

  it('returns the same object when the agent says nothing new', () => {
    assert.equal(mergeMetadata(held, reported()), held);
  });

  it('takes of annotations those that are the agent’s own, and lets go of the ones it no longer tells', () => {
    const subnets = 'node.bramble.dev/lan-subnets';
    const report = reported();
    report.metadata.annotations = { [subnets]: '192.168.1.0/24', [KEY_ANNOTATION]: 'forged' };
    const told = mergeMetadata(FRESH, report);
    assert.deepEqual(told.metadata.annotations, { [KEY_ANNOTATION]: 'k', [subnets]: '192.168.1.0/24' });
    assert.deepEqual(mergeMetadata(told, reported()).metadata.annotations, { [KEY_ANNOTATION]: 'k' });
  });

  it('keeps an administrator’s labels and drops those that a node may not give itself', () => {
    const report = reported();
    report.metadata.labels = {
      disk: 'ssd',
      'node-role.kubernetes.io/control-plane': '',
      'zone.node-restriction.kubernetes.io/x': 'y',
    };
    assert.deepEqual(mergeMetadata(held, report).metadata.labels, {
      room: 'attic',
      'kubernetes.io/arch': 'arm64',
      disk: 'ssd',
    });
  });

  it('takes the folder of volumes, and no other annotation', () => {
    const report = reported();
    report.metadata.annotations = { 'bramble.dev/volumes': '/data/volumes', 'node.bramble.dev/key-sha256': 'another' };
    const { annotations } = mergeMetadata(
      { ...held, metadata: { name: 'pi-1', annotations: { note: 'x' } } },
      report,
    ).metadata;
    assert.deepEqual(annotations, { note: 'x', 'bramble.dev/volumes': '/data/volumes' });
  });
});
