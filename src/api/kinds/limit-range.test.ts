import assert from 'node:assert/strict';
import type { LimitRange, LimitRangeItem } from '../types.ts';
import { LIMIT_RANGE } from './limit-range.ts';

const { strategy } = LIMIT_RANGE;

function aRange(...limits: LimitRangeItem[]): LimitRange {
  const range: LimitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits } };
  strategy.setDefaults?.(range);
  return range;
}

describe('a LimitRange', () => {
  it('gives containers the most as limits and those, or the least, as requests', () => {
    const item = { type: 'Container', max: { cpu: '1' }, min: { cpu: '0.1', memory: '1Mi' } };
    assert.deepEqual(aRange(item).spec.limits[0], {
      type: 'Container',
      max: { cpu: '1' },
      min: { cpu: '100m', memory: '1Mi' },
      default: { cpu: '1' },
      defaultRequest: { cpu: '1', memory: '1Mi' },
    });
  });

  it('may limit nothing', () => {
    const bare = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' } } as LimitRange;
    strategy.setDefaults?.(bare);
    assert.deepEqual(bare.spec, { limits: [] });
    assert.deepEqual(strategy.validate(bare), []);
  });

  const at = 'spec.limits[0]';
  const cases: [items: LimitRangeItem[], causes: string[]][] = [
    [[{ type: 'Container', max: { cpu: '2' }, min: { cpu: '100m' }, maxLimitRequestRatio: { cpu: '10' } }], []],
    [[{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }], []],
    [[{ type: 'Node' }], [`${at}.type: Invalid value: "Node": must be a standard limit type or fully qualified`]],
    [[{ type: 'Pod' }, { type: 'Pod' }], ['spec.limits[1].type: Duplicate value: "Pod"']],
    [
      [{ type: 'Pod', default: { cpu: '1' } }],
      [`${at}.default: Forbidden: may not be specified when \`type\` is 'Pod'`],
    ],
    [
      [{ type: 'Pod', max: { pods: '1' } }],
      [`${at}.max[pods]: Invalid value: "pods": must be a standard resource for containers`],
    ],
    [
      [{ type: 'PersistentVolumeClaim', max: { cpu: '1' } }],
      [`${at}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`],
    ],
    [
      [{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }],
      [`${at}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`],
    ],
    [
      [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' }, defaultRequest: { cpu: '500m' } }],
      [`${at}.default[cpu]: Invalid value: "1": default value 2 is greater than max value 1`],
    ],
    [
      [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '2' } }],
      [`${at}.defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1`],
    ],
    [
      [{ type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }],
      [`${at}.maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000`],
    ],
  ];
  for (const [items, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${JSON.stringify(items)}`, () => {
      assert.deepEqual(
        strategy.validate(aRange(...items)).map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }
});
