import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import { matchesNodeAffinity } from '../../../api/kinds/pod/node-affinity.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../../api/kinds/pod/parts.ts';
import type { Pod } from '../../../api/types.ts';
import { clusterOf, scoresOf } from '../test-cluster.ts';
import { preferredNodeAffinity } from './node-affinity.ts';

const node = aNode('pi-1', { labels: { disk: 'ssd', cores: '8', rack: 'a' } });

function requiring(...nodeSelectorTerms: NodeSelectorTerm[]): Pod {
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return aPod({ spec: { affinity: { nodeAffinity } } });
}

describe('required node affinity', () => {
  const requirements: [requirement: NodeSelectorRequirement, holds: boolean][] = [
    [{ key: 'disk', operator: 'In', values: ['hdd', 'ssd'] }, true],
    [{ key: 'disk', operator: 'In', values: ['hdd'] }, false],
    [{ key: 'gpu', operator: 'In', values: ['yes'] }, false],
    [{ key: 'disk', operator: 'NotIn', values: ['hdd'] }, true],
    [{ key: 'disk', operator: 'NotIn', values: ['ssd'] }, false],
    [{ key: 'gpu', operator: 'NotIn', values: ['yes'] }, true],
    [{ key: 'disk', operator: 'Exists' }, true],
    [{ key: 'gpu', operator: 'Exists' }, false],
    [{ key: 'gpu', operator: 'DoesNotExist' }, true],
    [{ key: 'disk', operator: 'DoesNotExist' }, false],
    [{ key: 'cores', operator: 'Gt', values: ['4'] }, true],
    [{ key: 'cores', operator: 'Gt', values: ['8'] }, false],
    [{ key: 'cores', operator: 'Lt', values: ['16'] }, true],
    [{ key: 'cores', operator: 'Lt', values: ['8'] }, false],
    [{ key: 'disk', operator: 'Gt', values: ['1'] }, false],
    [{ key: 'gpu', operator: 'Lt', values: ['1'] }, false],
  ];
  for (const [requirement, holds] of requirements) {
    const { key, operator, values = [] } = requirement;
    it(`is ${holds ? '' : 'not '}met by ${key} ${operator} ${values.join('|')}`, () =>
      assert.equal(matchesNodeAffinity(requiring({ matchExpressions: [requirement] }), node), holds));
  }

  const isRack: NodeSelectorRequirement = { key: 'rack', operator: 'In', values: ['a'] };
  const isNamed = (name: string, operator: 'In' | 'NotIn' = 'In'): NodeSelectorRequirement => ({
    key: 'metadata.name',
    operator,
    values: [name],
  });
  const pods: [what: string, pod: Pod, holds: boolean][] = [
    ['the name of the node', requiring({ matchFields: [isNamed('pi-1')] }), true],
    ['the name of another', requiring({ matchFields: [isNamed('pi-2')] }), false],
    ['any name but its', requiring({ matchFields: [isNamed('pi-1', 'NotIn')] }), false],
    [
      'its name and a label that it has not',
      requiring({ matchFields: [isNamed('pi-1')], matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }),
      false,
    ],
    ['one of two terms', requiring({ matchFields: [isNamed('pi-2')] }, { matchExpressions: [isRack] }), true],
    ['a term of nothing', requiring({}), false],
    ['no affinity at all', aPod(), true],
  ];
  for (const [what, pod, holds] of pods) {
    it(`is ${holds ? '' : 'not '}met by ${what}`, () => assert.equal(matchesNodeAffinity(pod, node), holds));
  }

  it('is wanted beside nodeSelector', () => {
    const pod = requiring({ matchExpressions: [isRack] });
    const both = { ...pod, spec: { ...pod.spec, nodeSelector: { disk: 'hdd' } } };
    assert.equal(matchesNodeAffinity(both, node), false);
  });
});

describe('preferred node affinity', () => {
  const wish = (weight: number, key: string) => ({
    weight,
    preference: { matchExpressions: [{ key, operator: 'Exists' as const }] },
  });

  it('scores by the weights of the wishes that come true', () => {
    const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [wish(30, 'disk'), wish(10, 'gpu')] };
    const pod = aPod({ spec: { affinity: { nodeAffinity } } });
    const best = aNode('pi-2', { labels: { disk: 'ssd', gpu: 'yes' } });
    const cluster = clusterOf({ nodes: [node, best, aNode('pi-3')] });
    assert.deepEqual(scoresOf(preferredNodeAffinity, pod, cluster), { 'pi-1': 75, 'pi-2': 100, 'pi-3': 0 });
    assert.equal(scoresOf(preferredNodeAffinity, aPod(), cluster), undefined);
  });
});
