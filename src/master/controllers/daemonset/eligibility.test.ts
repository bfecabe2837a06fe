import assert from 'node:assert/strict';
import { aNode } from '../../../../test/lib/builders.ts';
import { aTemplate } from '../../../api/kinds/workload/test-workload.ts';
import type { Node, PodSpec } from '../../../api/types.ts';
import { daemonTolerations, eligibilityOf } from './eligibility.ts';
import { aDaemonSet } from './test-daemon.ts';

const tainted = (key: string, effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule') =>
  aNode('pi-1', { spec: { taints: [{ key, effect }] } });
const inRack = (rack: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In' as const, values: [rack] }] }],
    },
  },
});

describe('a node', () => {
  const cases: [what: string, node: Node, spec: Partial<PodSpec>, verdict: 'runs' | 'keeps' | 'lacks'][] = [
    ['without a taint', aNode(), {}, 'runs'],
    ['that is cordoned', aNode('pi-1', { spec: { unschedulable: true } }), {}, 'runs'],
    ['with the label that is asked for', aNode('pi-1', { labels: { a: 'b' } }), { nodeSelector: { a: 'b' } }, 'runs'],
    ['without the label that is asked for', aNode(), { nodeSelector: { a: 'b' } }, 'lacks'],
    ['that affinity asks for', aNode('pi-1', { labels: { rack: 'x' } }), { affinity: inRack('x') }, 'runs'],
    ['that affinity does not ask for', aNode('pi-1', { labels: { rack: 'y' } }), { affinity: inRack('x') }, 'lacks'],
    ['that is named', aNode('pi-1'), { nodeName: 'pi-1' }, 'runs'],
    ['that is not the named one', aNode('pi-1'), { nodeName: 'pi-2' }, 'lacks'],
    ['that takes nothing new', tainted('gpu', 'NoSchedule'), {}, 'keeps'],
    ['that chases off', tainted('gpu', 'NoExecute'), {}, 'lacks'],
    ['that others are preferred to', tainted('gpu', 'PreferNoSchedule'), {}, 'runs'],
    ['whose taint is tolerated', tainted('gpu', 'NoExecute'), { tolerations: [{ operator: 'Exists' }] }, 'runs'],
    ['that is not ready', tainted('node.kubernetes.io/not-ready', 'NoExecute'), {}, 'runs'],
    ['that nobody hears of', tainted('node.kubernetes.io/unreachable', 'NoExecute'), {}, 'runs'],
    ['whose disk is full', tainted('node.kubernetes.io/disk-pressure', 'NoSchedule'), {}, 'runs'],
    ['without a network', tainted('node.kubernetes.io/network-unavailable', 'NoSchedule'), {}, 'keeps'],
    [
      'without a network, which is not wanted,',
      tainted('node.kubernetes.io/network-unavailable', 'NoSchedule'),
      { hostNetwork: true },
      'runs',
    ],
  ];
  for (const [what, node, spec, verdict] of cases) {
    it(`${what} ${verdict} the daemon`, () => {
      const template = aTemplate();
      const set = aDaemonSet({ template: { ...template, spec: { ...template.spec, ...spec } } });
      const expected = { shouldRun: verdict === 'runs', shouldContinue: verdict !== 'lacks' };
      assert.deepEqual(eligibilityOf(set, node), expected);
    });
  }

  it('is tolerated once, whatever the template says already', () => {
    const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists' as const, effect: 'NoExecute' as const };
    const all = daemonTolerations({ containers: [], tolerations: [own] });
    assert.equal(all.length, 6);
    assert.deepEqual(all[0], own);
  });
});
