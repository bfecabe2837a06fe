import assert from 'node:assert/strict';
import type { ResourceQuota } from '../types.ts';
import { RESOURCE_QUOTA } from './resource-quota.ts';

const { strategy } = RESOURCE_QUOTA;
type Spec = ResourceQuota['spec'];

function aQuota(spec: Spec, status?: ResourceQuota['status']): ResourceQuota {
  const metadata = { name: 'q', namespace: 'default' };
  const quota: ResourceQuota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec };
  if (status) quota.status = status;
  strategy.setDefaults?.(quota);
  return quota;
}

describe('a ResourceQuota', () => {
  const conflict = ['BestEffort', 'NotBestEffort'] as const;
  const exists = { scopeName: 'PriorityClass', operator: 'Exists' } as const;
  const cases: [spec: Spec, causes: string[]][] = [
    [
      { hard: { pods: '10', 'requests.cpu': '1500m', 'count/deployments.apps': '3', 'requests.nvidia.com/gpu': '4' } },
      [],
    ],
    [{ hard: { pods: '1' }, scopes: ['Terminating', 'BestEffort'] }, []],
    [{ hard: { pods: '1' }, scopeSelector: { matchExpressions: [exists] } }, []],
    [
      { hard: { gold: '1' } },
      [
        'spec.hard[gold]: Invalid value: "gold": must be a standard resource type or fully qualified',
        'spec.hard[gold]: Invalid value: "gold": must be a standard resource for quota',
      ],
    ],
    [{ hard: { pods: '1500m' } }, ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
    [{ hard: { memory: '-1' } }, ['spec.hard[memory]: Invalid value: "-1": must be greater than or equal to 0']],
    [
      { hard: { cpu: '1' }, scopes: ['BestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
    [
      { hard: { pods: '1' }, scopes: [...conflict] },
      ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    ],
    [
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      [
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      ],
    ],
  ];
  for (const [spec, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${JSON.stringify(spec)}`, () => {
      assert.deepEqual(
        strategy.validate(aQuota(spec)).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('keeps its scopes', () => {
    const old = aQuota({ scopes: ['BestEffort', 'Terminating'] });
    assert.deepEqual(strategy.validateUpdate?.(aQuota({ scopes: ['Terminating', 'BestEffort'] }), old), []);
    const found = strategy.validateUpdate?.(aQuota({}), old) ?? [];
    assert.deepEqual(
      found.map(({ field, message }) => `${field}: ${message}`),
      ['spec.scopes: Invalid value: null: field is immutable'],
    );
  });

  it('shows what is used of what may be, limits apart', () => {
    const hard = { pods: '3', 'limits.cpu': '2', 'requests.cpu': '1' };
    const quota = aQuota({ hard }, { hard, used: { pods: '1', 'limits.cpu': '500m', 'requests.cpu': '0.1' } });
    const cells = RESOURCE_QUOTA.columns.map(({ cell }) => cell(quota, 0));
    assert.deepEqual(cells, ['q', 'pods: 1/3, requests.cpu: 100m/1', 'limits.cpu: 500m/2', '<unknown>']);
  });
});
