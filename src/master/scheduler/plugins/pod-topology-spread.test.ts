import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import type { TopologySpreadConstraint } from '../../../api/kinds/pod/parts.ts';
import type { Node, Pod, PodSpec } from '../../../api/types.ts';
import { clusterOf, place, scoresOf, verdict } from '../test-cluster.ts';
import { preferredTopologySpread } from './pod-topology-spread-score.ts';

const web = { app: 'web' };
const zoned = (name: string, zone: string, spec: Node['spec'] = {}) => aNode(name, { labels: { zone }, spec });
const nodes = [zoned('a1', 'a'), zoned('a2', 'a'), zoned('b1', 'b')];
const on = (node: string, name: string, rest: Parameters<typeof aPod>[0] = {}) =>
  aPod({ name, labels: web, node, ...rest });

function spread(rest: Partial<TopologySpreadConstraint> = {}, spec: Partial<PodSpec> = {}): Pod {
  const constraint: TopologySpreadConstraint = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: web },
    ...rest,
  };
  return aPod({ name: 'new', labels: web, spec: { topologySpreadConstraints: [constraint], ...spec } });
}

describe('topology spread', () => {
  const SKEWED = "node(s) didn't match pod topology spread constraints";
  const tainted = zoned('c1', 'c', { taints: [{ key: 'x', effect: 'NoSchedule' }] });
  const cases: [title: string, pod: Pod, pods: Pod[], nodes: Node[], wanted: string][] = [
    ['evens out zones', spread(), [on('a1', 'p')], nodes, 'b1'],
    ['allows a greater skew', spread({ maxSkew: 2 }), [on('a1', 'p', { requests: { cpu: '3' } })], nodes, 'a2'],
    ['does not count pods on their way out', spread(), [on('a1', 'p', { deleted: true })], nodes, 'a2'],
    ['counts pods of its namespace', spread(), [on('a1', 'p', { namespace: 'x' })], nodes, 'a2'],
    [
      'goes by revision with matchLabelKeys',
      withRevision('2'),
      [on('a1', 'p', { labels: { ...web, rev: '1' } })],
      nodes,
      'a2',
    ],
    [
      'says when the only free zone would be too full',
      spread(
        {},
        {
          nodeSelector: { zone: 'a' },
          topologySpreadConstraints: [constraintOf(spread({ nodeAffinityPolicy: 'Ignore' }))],
        },
      ),
      [on('a1', 'p')],
      nodes,
      `0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 ${SKEWED}.`,
    ],
    [
      'by default counts only nodes that the pod may go to',
      spread({}, { nodeSelector: { zone: 'a' } }),
      [on('a1', 'p')],
      nodes,
      'a2',
    ],
    [
      'counts a zone behind a taint unless told otherwise',
      spread(),
      [on('a1', 'p'), on('b1', 'q')],
      [...nodes, tainted],
      `0/4 nodes are available: 1 node(s) had untolerated taint {x: }, 3 ${SKEWED}.`,
    ],
    [
      'leaves out a zone behind a taint when told to',
      spread({ nodeTaintsPolicy: 'Honor' }),
      [on('a1', 'p'), on('b1', 'q')],
      [...nodes, tainted],
      'a2',
    ],
    [
      'takes missing zones for empty with minDomains',
      spread({ minDomains: 3 }),
      [on('a1', 'p'), on('b1', 'q')],
      nodes,
      `0/3 nodes are available: 3 ${SKEWED}.`,
    ],
    [
      'wants the label on the node',
      spread({ topologyKey: 'rack' }),
      [],
      nodes,
      `0/3 nodes are available: 3 ${SKEWED} (missing required label).`,
    ],
  ];
  for (const [title, pod, pods, all, wanted] of cases) {
    it(title, () => assert.equal(verdict(pod, clusterOf({ nodes: all, pods })), wanted));
  }

  function constraintOf(pod: Pod): TopologySpreadConstraint {
    const [constraint] = pod.spec.topologySpreadConstraints ?? [];
    assert.ok(constraint);
    return constraint;
  }

  function withRevision(rev: string): Pod {
    const pod = spread({ matchLabelKeys: ['rev'] });
    return { ...pod, metadata: { ...pod.metadata, labels: { ...web, rev } } };
  }

  it('never lets the domains differ by more than maxSkew, and finds room as long as there are nodes', () => {
    const zones = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(zones, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 25 }), (zonesOf, maxSkew, count) => {
        const all = zonesOf.map((zone, i) => zoned(`n${i}`, zone));
        const cluster = clusterOf({ nodes: all });
        const counts = new Map<string, number>(zonesOf.map((zone) => [zone, 0]));
        for (let i = 0; i < count; i++) {
          const pod = { ...spread({ maxSkew }), metadata: { ...spread().metadata, name: `p${i}`, uid: `u${i}` } };
          const { node } = place(pod, cluster);
          const zone = all.find(({ metadata }) => metadata.name === node)?.metadata.labels?.zone ?? '';
          assert.notEqual(zone, '');
          cluster.setPod({ ...pod, spec: { ...pod.spec, nodeName: node } });
          counts.set(zone, (counts.get(zone) ?? 0) + 1);
          assert.ok(Math.max(...counts.values()) - Math.min(...counts.values()) <= maxSkew);
        }
      }),
    );
  });
});

describe('preferred topology spread', () => {
  it('scores emptier zones higher', () => {
    const pods = [on('a1', 'p'), on('a2', 'q'), on('b1', 'r')];
    const pod = spread({ whenUnsatisfiable: 'ScheduleAnyway' });
    const scores = scoresOf(preferredTopologySpread, pod, clusterOf({ nodes, pods }));
    assert.equal(scores?.b1, 100);
    assert.ok((scores?.a1 ?? 100) < 100 && scores?.a1 === scores?.a2);
  });

  it('gives nodes without the label nothing', () => {
    const all = [...nodes, aNode('bare')];
    const scores = scoresOf(
      preferredTopologySpread,
      spread({ whenUnsatisfiable: 'ScheduleAnyway' }),
      clusterOf({ nodes: all }),
    );
    assert.equal(scores?.bare, 0);
  });

  it('spreads the pods of a Service or workload over hosts by itself, and has no say of other pods', () => {
    const cluster = clusterOf({ nodes, pods: [on('a1', 'p'), on('a1', 'q')], kin: web });
    const scores = scoresOf(preferredTopologySpread, aPod({ name: 'new', labels: web }), cluster);
    assert.ok((scores?.a1 ?? 100) < (scores?.a2 ?? 0));
    assert.equal(scoresOf(preferredTopologySpread, aPod(), clusterOf({ nodes })), undefined);
  });
});
