import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import type { LabelSelector } from '../../meta/labels.ts';
import { applyMatchLabelKeys } from './match-label-keys.ts';

describe('matchLabelKeys of pod affinity', () => {
  const selectorAfter = (labelSelector: LabelSelector | undefined) => {
    const term = {
      topologyKey: 'zone',
      ...(labelSelector ? { labelSelector: structuredClone(labelSelector) as object } : {}),
      matchLabelKeys: ['revision', 'absent'],
      mismatchLabelKeys: ['tenant'],
    };
    const pod = aPod({
      labels: { revision: '7', tenant: 'a' },
      spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
    });
    applyMatchLabelKeys(pod);
    return pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector;
  };

  it('become requirements with the values of the pod, beside those that are there', () => {
    const own = { key: 'app', operator: 'Exists' };
    assert.deepEqual(selectorAfter({ matchExpressions: [own] }), {
      matchExpressions: [
        own,
        { key: 'revision', operator: 'In', values: ['7'] },
        { key: 'tenant', operator: 'NotIn', values: ['a'] },
      ],
    });
  });

  it('are left to validation where there is no selector', () => assert.equal(selectorAfter(undefined), undefined));
});
