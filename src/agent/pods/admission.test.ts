import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import type { Node, Pod } from '../../api/types.ts';
import { hasBegun, unfit } from './admission.ts';

function onPort(hostPort: number, port: { hostIP?: string; protocol?: 'UDP' } = {}): Pod {
  return aPod({ spec: { containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80, hostPort, ...port }] }] } });
}

const NODE = aNode('pi-1', { labels: { disk: 'ssd' } });
const TAINTED = aNode('pi-1', { spec: { taints: [{ key: 'out', effect: 'NoExecute' }] } });

describe('a pod that comes to a node', () => {
  const cases: readonly (readonly [string, Pod, readonly Pod[], Node, string | undefined, string?])[] = [
    ['is taken in', aPod(), [], NODE, undefined],
    [
      'must find its host port free',
      onPort(8080),
      [onPort(8080, { hostIP: '127.0.0.1' })],
      NODE,
      'NodePorts',
      "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    ],
    ['may have the port of another protocol', onPort(8080), [onPort(8080, { protocol: 'UDP' })], NODE, undefined],
    [
      'may have the port of another address',
      onPort(8080, { hostIP: '127.0.0.1' }),
      [onPort(8080, { hostIP: '192.168.77.11' })],
      NODE,
      undefined,
    ],
    [
      'must find CPU left',
      aPod({ requests: { cpu: '1' } }),
      [aPod({ requests: { cpu: '3500m' } })],
      NODE,
      'OutOfcpu',
      "Node didn't have enough resource: cpu, requested: 1000, used: 3500, capacity: 4000",
    ],
    ['must find memory left', aPod({ requests: { memory: '9Gi' } }), [], NODE, 'OutOfmemory'],
    [
      'must be one of those that the node has room for',
      aPod(),
      [aPod()],
      aNode('pi-1', { allocatable: { pods: '1' } }),
      'OutOfpods',
      "Node didn't have enough resource: pods, requested: 1, used: 1, capacity: 1",
    ],
    ['may ask for what the node knows nothing of', aPod({ requests: { 'example.com/x': '1' } }), [], NODE, undefined],
    [
      'must be meant for nodes like this one',
      aPod({ spec: { nodeSelector: { disk: 'hdd' } } }),
      [],
      NODE,
      'NodeAffinity',
      "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'must tolerate what drives pods out',
      aPod(),
      [],
      TAINTED,
      'TaintToleration',
      "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    ],
    [
      'may come where only the scheduler would not send it',
      aPod(),
      [],
      aNode('pi-1', { spec: { unschedulable: true, taints: [{ key: 'x', effect: 'NoSchedule' }] } }),
      undefined,
    ],
  ];
  for (const [title, pod, held, node, reason, message] of cases)
    it(title, () => {
      const refusal = unfit(pod, held, node);
      assert.equal(refusal?.reason, reason);
      if (message) assert.equal(refusal?.message, message);
    });
});

describe('hasBegun', () => {
  it('is so from the first status on that its node gave', () => {
    assert.equal(hasBegun(aPod()), false);
    assert.equal(hasBegun({ ...aPod(), status: { phase: 'Pending', startTime: '2026-01-01T00:00:00Z' } }), true);
    assert.equal(hasBegun(aPod({ phase: 'Running' })), true);
  });
});
