import assert from 'node:assert/strict';
import type { Container, LimitRange, LimitRangeItem, Pod } from '../../../api/types.ts';
import { claimViolations, podViolations, setLimitRangeDefaults } from './limit-rules.ts';

function aRange(...limits: LimitRangeItem[]): LimitRange {
  return { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits } };
}

function aPod(...containers: Container[]): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers } };
}

function container(requests?: Record<string, string>, limits?: Record<string, string>): Container {
  return {
    name: 'main',
    image: 'busybox:1',
    resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) },
  };
}

describe('defaults of a LimitRange', () => {
  const range = aRange({ type: 'Container', default: { cpu: '1', memory: '2Gi' }, defaultRequest: { cpu: '100m' } });

  it('are given to containers that do not say so themselves, and are noted', () => {
    const pod = aPod(container({}, { memory: '1Gi' }));
    pod.spec.initContainers = [{ ...container(), name: 'init' }];
    setLimitRangeDefaults(pod, range);
    assert.deepEqual(pod.spec.containers[0]?.resources, {
      requests: { cpu: '100m' },
      limits: { cpu: '1', memory: '1Gi' },
    });
    assert.equal(
      pod.metadata.annotations?.['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: cpu request for container main; cpu limit for container main; cpu request for init container init; cpu, memory limit for init container init',
    );
  });

  it('leave a pod alone that says everything', () => {
    const pod = aPod(container({ cpu: '1' }, { cpu: '1', memory: '1Gi' }));
    const before = structuredClone(pod);
    setLimitRangeDefaults(pod, range);
    assert.deepEqual(pod, before);
  });
});

describe('bounds of a LimitRange', () => {
  const cases: [item: LimitRangeItem, container: Container, wrong: string[]][] = [
    [{ type: 'Container', min: { cpu: '100m' }, max: { cpu: '1' } }, container({ cpu: '100m' }, { cpu: '1' }), []],
    [
      { type: 'Container', min: { cpu: '100m' } },
      container(),
      ['minimum cpu usage per Container is 100m.  No request is specified'],
    ],
    [
      { type: 'Container', min: { cpu: '100m' } },
      container({ cpu: '50m' }),
      ['minimum cpu usage per Container is 100m, but request is 50m'],
    ],
    [
      { type: 'Container', max: { cpu: '1' } },
      container(),
      ['maximum cpu usage per Container is 1.  No limit is specified'],
    ],
    [
      { type: 'Container', max: { cpu: '1' } },
      container({}, { cpu: '2' }),
      ['maximum cpu usage per Container is 1, but limit is 2'],
    ],
    [
      { type: 'Container', maxLimitRequestRatio: { memory: '2' } },
      container({ memory: '1Gi' }, { memory: '3Gi' }),
      ['memory max limit to request ratio per Container is 2, but provided ratio is 3.000000'],
    ],
    [{ type: 'Container', maxLimitRequestRatio: { memory: '2' } }, container({ memory: '1Gi' }, { memory: '2Gi' }), []],
    [
      { type: 'Container', maxLimitRequestRatio: { memory: '2' } },
      container({}, { memory: '2Gi' }),
      ['memory max limit to request ratio per Container is 2, but no request is specified or request is 0'],
    ],
    [
      { type: 'Pod', max: { memory: '3Gi' }, min: { cpu: '1' } },
      container({}, { memory: '2Gi' }),
      [
        'minimum cpu usage per Pod is 1.  No request is specified',
        'maximum memory usage per Pod is 3Gi, but limit is 4Gi',
      ],
    ],
  ];
  for (const [item, one, wrong] of cases) {
    it(`${wrong.length > 0 ? 'are broken' : 'are kept'} by ${JSON.stringify(one.resources)} under ${JSON.stringify(item)}`, () => {
      const pod = item.type === 'Pod' ? aPod(one, { ...one, name: 'second' }) : aPod(one);
      assert.deepEqual(podViolations(pod, aRange(item)), wrong);
    });
  }

  it('hold for what a claim requests', () => {
    const range = aRange({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } });
    const claim = (storage: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c' },
      spec: { resources: { requests: { storage } } },
    });
    assert.deepEqual(claimViolations(claim('1Gi'), range), []);
    assert.deepEqual(claimViolations(claim('3Gi'), range), [
      'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    ]);
  });

  it('are none of a range that was stored without any', () => {
    const { spec: _, ...bare } = aRange();
    for (const range of [bare as LimitRange, { ...bare, spec: {} } as LimitRange]) {
      const pod = aPod(container());
      setLimitRangeDefaults(pod, range);
      assert.deepEqual(pod, aPod(container()));
      assert.deepEqual(podViolations(pod, range), []);
      assert.deepEqual(claimViolations({ apiVersion: 'v1', kind: 'c', metadata: { name: 'c' } }, range), []);
    }
  });
});
