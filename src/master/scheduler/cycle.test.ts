import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aNode, aPod } from '../../../test/lib/builders.ts';
import { podRequests } from '../../api/kinds/pod/requests.ts';
import type { Node, Pod } from '../../api/types.ts';
import { clusterOf, place, verdict } from './test-cluster.ts';

function outcome(pod: Pod, nodes: readonly Node[], placed: readonly Pod[] = []) {
  return place(pod, clusterOf({ nodes, pods: placed }));
}

const cordoned = aNode('pi-1', { spec: { unschedulable: true } });
const tainted = (effect: 'NoSchedule' | 'NoExecute') =>
  aNode('pi-1', { spec: { taints: [{ key: 'gpu', value: 'yes', effect }] } });

describe('the scheduling cycle', () => {
  const refused: [string, Pod, Node[], Pod[], string][] = [
    ['says so when there is no node', aPod(), [], [], 'no nodes available to schedule pods'],
    ['passes over cordoned nodes', aPod(), [cordoned], [], '0/1 nodes are available: 1 node(s) were unschedulable.'],
    [
      'names the taint that is not tolerated',
      aPod(),
      [tainted('NoSchedule')],
      [],
      '0/1 nodes are available: 1 node(s) had untolerated taint {gpu: yes}.',
    ],
    [
      'counts nodes by reason, in order',
      aPod({ requests: { cpu: '5', memory: '9Gi' } }),
      [cordoned, aNode('pi-2'), aNode('pi-3')],
      [],
      '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu, 2 Insufficient memory.',
    ],
    [
      'wants every label of nodeSelector',
      aPod({ spec: { nodeSelector: { disk: 'ssd' } } }),
      [aNode('pi-1', { labels: { disk: 'hdd' } })],
      [],
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      'counts what the pods of a node ask for',
      aPod({ requests: { cpu: '1500m' } }),
      [aNode('pi-1')],
      [aPod({ name: 'big', node: 'pi-1', requests: { cpu: '3' } })],
      '0/1 nodes are available: 1 Insufficient cpu.',
    ],
    [
      'keeps to the number of pods of a node',
      aPod(),
      [aNode('pi-1', { allocatable: { pods: '1' } })],
      [aPod({ name: 'other', node: 'pi-1' })],
      '0/1 nodes are available: 1 Too many pods.',
    ],
  ];
  for (const [title, pod, nodes, placed, message] of refused) {
    it(title, () => assert.equal(verdict(pod, clusterOf({ nodes, pods: placed })), message));
  }

  it('gives a host port once per node', () => {
    const withPort = (name: string, hostIP?: string): Pod =>
      aPod({
        name,
        node: 'pi-1',
        spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 8080, hostIP }] }] },
      });
    const pod = {
      ...withPort('new', '127.0.0.1'),
      spec: { ...withPort('new', '127.0.0.1').spec, nodeName: undefined },
    };
    const taken = outcome(pod, [aNode('pi-1')], [withPort('old')]);
    assert.match('message' in taken ? taken.message : '', /didn't have free ports/);
    assert.equal(outcome(pod, [aNode('pi-1')], [withPort('old', '10.0.0.1')]).node, 'pi-1');
  });

  it('lets a toleration through, by key, value and effect', () => {
    const tolerant = (toleration: object) => aPod({ spec: { tolerations: [toleration] } });
    for (const [toleration, fits] of [
      [{ key: 'gpu', operator: 'Exists' }, true],
      [{ operator: 'Exists' }, true],
      [{ key: 'gpu', operator: 'Equal', value: 'yes' }, true],
      [{ key: 'gpu', value: 'no' }, false],
      [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }, false],
    ] as const) {
      assert.equal(outcome(tolerant(toleration), [tainted('NoSchedule')]).node, fits ? 'pi-1' : undefined);
    }
  });

  it('prefers the emptier node, and the first by name among equals', () => {
    const nodes = [aNode('pi-2'), aNode('pi-1')];
    assert.equal(outcome(aPod(), nodes).node, 'pi-1');
    assert.equal(outcome(aPod(), nodes, [aPod({ name: 'a', node: 'pi-1', requests: { cpu: '1' } })]).node, 'pi-2');
  });

  it('never puts more on a node than it has', () => {
    const milliCpu = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(fc.array(milliCpu, { maxLength: 30 }), (requests) => {
        const nodes = [aNode('pi-1'), aNode('pi-2')];
        const placed: Pod[] = [];
        for (const [i, amount] of requests.entries()) {
          const pod = aPod({ name: `p${i}`, requests: { cpu: `${amount}m` } });
          const { node } = outcome(pod, nodes, placed);
          if (node) placed.push({ ...pod, spec: { ...pod.spec, nodeName: node } });
        }
        for (const node of nodes) {
          const mine = placed.filter((pod) => pod.spec.nodeName === node.metadata.name);
          const requested = mine.reduce((sum, pod) => sum + (podRequests(pod).cpu ?? 0), 0);
          assert.ok(requested <= 4000);
        }
      }),
    );
  });
});

describe('what a pod asks for', () => {
  const container = (name: string, cpu: string, restartPolicy?: string) => ({
    name,
    restartPolicy,
    resources: { requests: { cpu } },
  });
  for (const [title, init, main, wanted] of [
    ['is the sum of its containers', [], ['100m', '200m'], 300],
    ['is its largest init container when that is more', [container('i', '500m')], ['100m'], 500],
    ['counts sidecars with the containers', [container('s', '100m', 'Always')], ['300m'], 400],
    [
      'counts a sidecar with the init containers after it',
      [container('s', '100m', 'Always'), container('i', '500m')],
      ['300m'],
      600,
    ],
  ] as const) {
    it(title, () => {
      const containers = main.map((cpu, i) => container(`c${i}`, cpu));
      assert.equal(podRequests(aPod({ spec: { initContainers: [...init], containers } })).cpu, wanted);
    });
  }
});
