import assert from 'node:assert/strict';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, script } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

const LABELS = { app: 'alone' };

describe('pods that keep each other from a node', () => {
  let space: PodSpace;
  const resource = `example.com/scarce-${process.pid}`;
  const urgent = `urgent-${process.pid}`;

  before(async () => {
    space = await PodSpace.open(cluster, 'preemption');
    await setScarce('2');
    await space.ok(['create', 'priorityclass', urgent, '--value=1000']);
  });

  after(async () => {
    await space.ok(['delete', 'priorityclass', urgent]);
    await setScarce(null);
    await space.close();
  });

  async function setScarce(amount: string | null): Promise<void> {
    const patch = { status: { capacity: { [resource]: amount }, allocatable: { [resource]: amount } } };
    const node = ['node', space.cluster.nodeName];
    await space.ok(['patch', ...node, '--subresource=status', '--type=merge', '-p', JSON.stringify(patch)]);
  }

  function wanting(name: string, amount: number, spec: object = {}) {
    const amounts = { [resource]: String(amount) };
    return script(
      name,
      IDLE,
      { terminationGracePeriodSeconds: 2, ...spec },
      { resources: { requests: amounts, limits: amounts } },
    );
  }

  it('leave, when a more important one needs the room, and are told why', async () => {
    await space.apply(wanting('humble', 2));
    await space.ready('humble');
    await space.apply(wanting('patient', 1, { priorityClassName: urgent }));
    await space.ready('patient');
    await space.event('humble', /^Normal Preempted Preempted by pod [0-9a-f-]{36} on node /m);
    await space.event(
      'patient',
      new RegExp(`^Warning FailedScheduling 0/1 nodes are available: 1 Insufficient ${resource}\\.$`, 'm'),
    );
  });

  it('wait where nobody is less important, in the usual words', async () => {
    await space.apply(wanting('too-late', 2));
    const words = `0/1 nodes are available: 1 Insufficient ${resource}. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.`;
    await space.event('too-late', new RegExp(`^Warning FailedScheduling ${RegExp.escape(words)}$`, 'm'));
    await space.ok(['delete', 'pod', 'too-late', 'patient']);
  });

  it('wait for a pod that they must not be near, and run when it is gone', async () => {
    const labelSelector = { matchLabels: LABELS };
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector };
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [term] };
    const alone = (name: string) => {
      const pod = script(name, IDLE, { affinity: { podAntiAffinity } });
      return { ...pod, metadata: { ...pod.metadata, labels: LABELS } };
    };
    await space.apply(alone('first'));
    await space.ready('first');
    await space.apply(alone('second'));
    await space.event(
      'second',
      /FailedScheduling 0\/1 nodes are available: 1 node\(s\) didn't match pod anti-affinity rules\./,
    );
    await space.ok(['delete', 'pod', 'first']);
    assert.equal((await space.ready('second')).spec.nodeName, space.cluster.nodeName);
  });
});
