import assert from 'node:assert/strict';
import type { PodDisruptionBudget } from '../types.ts';
import { POD_DISRUPTION_BUDGET } from './pod-disruption-budget.ts';

const { strategy, columns } = POD_DISRUPTION_BUDGET;

function aBudget(spec: PodDisruptionBudget['spec']): PodDisruptionBudget {
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' }, spec };
}

describe('a PodDisruptionBudget', () => {
  const cases: [spec: PodDisruptionBudget['spec'], causes: string[]][] = [
    [{ minAvailable: 1 }, []],
    [{ maxUnavailable: '25%', unhealthyPodEvictionPolicy: 'AlwaysAllow' }, []],
    [{ minAvailable: -1 }, ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0']],
    [{ maxUnavailable: '101%' }, ['spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%']],
    [
      { minAvailable: 1, maxUnavailable: 1 },
      [
        'spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set',
      ],
    ],
    [
      { unhealthyPodEvictionPolicy: 'Never' as 'AlwaysAllow' },
      [
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ],
  ];
  for (const [spec, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${JSON.stringify(spec)}`, () => {
      assert.deepEqual(
        strategy.validate(aBudget(spec)).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('allows nothing before it was counted, and shows what was not set as such', () => {
    const budget = aBudget({ minAvailable: '50%' });
    strategy.prepareForCreate?.(budget);
    assert.deepEqual(
      columns.map(({ cell }) => cell(budget, 0)),
      ['b', '50%', 'N/A', 0, '<unknown>'],
    );
  });
});
