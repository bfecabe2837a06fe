import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import type { PodAffinityTerm } from '../../../api/kinds/pod/parts.ts';
import type { Pod } from '../../../api/types.ts';
import { clusterOf, scoresOf, verdict } from '../test-cluster.ts';
import { preferredPodAffinity } from './inter-pod-affinity-score.ts';

const nodes = [
  aNode('a1', { labels: { zone: 'a' } }),
  aNode('a2', { labels: { zone: 'a' } }),
  aNode('b1', { labels: { zone: 'b' } }),
];
const web = { app: 'web' };

function term(rest: Partial<PodAffinityTerm> = {}): PodAffinityTerm {
  return { topologyKey: 'zone', labelSelector: { matchLabels: web }, ...rest };
}

type Kind = 'podAffinity' | 'podAntiAffinity';

function requiring(kind: Kind, terms: PodAffinityTerm[], pod: Parameters<typeof aPod>[0] = {}): Pod {
  const affinity = { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
  return aPod({ name: 'new', ...pod, spec: { affinity } });
}

const on = (node: string, pod: Pod): Pod => ({ ...pod, spec: { ...pod.spec, nodeName: node } });
const running = (node: string, options: Parameters<typeof aPod>[0] = {}) =>
  aPod({ name: `on-${node}`, labels: web, node, ...options });

describe('inter-pod affinity', () => {
  const NOT_NEAR = "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.";
  const cases: [title: string, pod: Pod, pods: Pod[], wanted: string | RegExp][] = [
    [
      'puts a pod into the domain of one it wants to be near',
      requiring('podAffinity', [term()]),
      [running('b1')],
      'b1',
    ],
    ['finds no node when nobody is there to be near to', requiring('podAffinity', [term()]), [], NOT_NEAR],
    ['lets the first of a kind go anywhere', requiring('podAffinity', [term()], { labels: web }), [], 'a1'],
    [
      'wants all terms at once, of one pod each',
      requiring('podAffinity', [term(), term({ topologyKey: 'kubernetes.io/hostname' })]),
      [running('a2')],
      'a2',
    ],
    [
      'looks for pods of its own namespace',
      requiring('podAffinity', [term()]),
      [running('b1', { namespace: 'x' })],
      NOT_NEAR,
    ],
    [
      'looks into the namespaces that the term names',
      requiring('podAffinity', [term({ namespaces: ['x'] })]),
      [running('b1', { namespace: 'x' })],
      'b1',
    ],
    [
      'looks into namespaces by their labels',
      requiring('podAffinity', [term({ namespaceSelector: { matchLabels: { team: 'y' } } })]),
      [running('b1', { namespace: 'of-y' }), running('a1', { name: 'other', namespace: 'x' })],
      'b1',
    ],
    [
      'looks into all namespaces for an empty selector',
      requiring('podAffinity', [term({ namespaceSelector: {} })]),
      [running('b1', { namespace: 'x' })],
      'b1',
    ],
    ['keeps away from whole domains', requiring('podAntiAffinity', [term()]), [running('a1')], 'b1'],
    [
      'says when every domain has one that it keeps away from',
      requiring('podAntiAffinity', [term()]),
      [running('a1'), running('b1')],
      "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
    ],
    [
      'keeps away from those that keep away from it',
      aPod({ name: 'new', labels: web }),
      ['a1', 'b1'].map((node) => on(node, requiring('podAntiAffinity', [term()], { name: `shy-${node}` }))),
      "0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules.",
    ],
    [
      'has nothing to do with those that keep away from others',
      aPod({ name: 'new', labels: { app: 'db' } }),
      [on('a1', requiring('podAntiAffinity', [term()], { name: 'shy', requests: { cpu: '1m' } }))],
      'a2',
    ],
    [
      'needs a node with the topology label',
      requiring('podAffinity', [term({ topologyKey: 'rack' })], { labels: web }),
      [],
      NOT_NEAR,
    ],
  ];
  for (const [title, pod, pods, wanted] of cases) {
    it(title, () =>
      assert.equal(verdict(pod, clusterOf({ nodes, pods, namespaces: { 'of-y': { team: 'y' } } })), wanted),
    );
  }

  it('scores by wishes, and by the wishes and needs of pods that run', () => {
    const prefer = (kind: Kind, weight: number): Pod =>
      aPod({
        name: 'new',
        labels: web,
        spec: {
          affinity: {
            [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term() }] },
          },
        },
      });
    const plain = aPod({ name: 'new', labels: web });
    const score = (pod: Pod, pods: Pod[]) => scoresOf(preferredPodAffinity, pod, clusterOf({ nodes, pods }));
    assert.deepEqual(score(prefer('podAffinity', 10), [running('b1')]), { a1: 0, a2: 0, b1: 100 });
    assert.deepEqual(score(prefer('podAntiAffinity', 10), [running('b1')]), { a1: 100, a2: 100, b1: 0 });
    const needy = on('b1', requiring('podAffinity', [term()], { name: 'needy', labels: web }));
    assert.deepEqual(score(plain, [needy]), { a1: 0, a2: 0, b1: 100 });
    const wishing = on('a1', { ...prefer('podAntiAffinity', 5), metadata: { ...plain.metadata, uid: 'w', name: 'w' } });
    assert.deepEqual(score(plain, [needy, wishing]), { a1: 0, a2: 0, b1: 100 });
    assert.equal(score(plain, [running('a1')]), undefined);
  });
});
