import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aPod } from '../../../test/lib/builders.ts';
import { CONFIG_MAP } from '../../api/kinds/config-map.ts';
import { POD } from '../../api/kinds/pod.ts';
import { SERVICE } from '../../api/kinds/service.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { Container, Pod, PodSpec, ResourceQuota, Service } from '../../api/types.ts';
import { amountsRecord, parseAmounts } from './amounts.ts';
import { isAbout, type Objects, usedOf, whatIsMissing, whyExceeded } from './judge.ts';
import { Usages, usageOf } from './usage.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function aQuota(spec: ResourceQuota['spec']): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'default' }, spec };
}

function container(name: string, requests: Record<string, string>, limits: Record<string, string> = {}): Container {
  return { name, image: 'busybox:1', resources: { requests, limits } };
}

function podOf(spec: Partial<PodSpec>, part: Parameters<typeof aPod>[0] = {}): Pod {
  return aPod({ ...part, spec });
}

function usage(kind: KindDefinition, object: Pod | Service): Record<string, string> {
  return amountsRecord(usageOf(kind, object, NOW));
}

describe('what an object uses of a quota', () => {
  it('is, of a pod, its place and its peak', () => {
    const pod = podOf({
      initContainers: [
        container('init', { cpu: '500m' }),
        { ...container('side', { cpu: '100m' }), restartPolicy: 'Always' },
      ],
      containers: [container('main', { cpu: '200m', memory: '1Mi', 'example.com/gpu': '1' }, { memory: '2Mi' })],
    });
    assert.deepEqual(usage(POD, pod), {
      'count/pods': '1',
      pods: '1',
      cpu: '500m',
      'requests.cpu': '500m',
      memory: '1Mi',
      'requests.memory': '1Mi',
      'requests.example.com/gpu': '1',
      'limits.memory': '2Mi',
    });
  });

  it('is, of a pod that has ended or should have, its place alone', () => {
    assert.deepEqual(usage(POD, aPod({ phase: 'Succeeded' })), { 'count/pods': '1' });
    const deleted = aPod({ deleted: true });
    assert.equal(usage(POD, deleted).pods, '1');
    deleted.metadata.deletionTimestamp = '2025-12-31T23:59:00Z';
    assert.deepEqual(usage(POD, deleted), { 'count/pods': '1' });
  });

  it('is, of a Service, its ports on nodes and its balancer', () => {
    const service = (spec: Service['spec']): Service => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { ports: [{ port: 80 }, { port: 81 }], ...spec },
    });
    const counts = (spec: Service['spec']) => {
      const used = usage(SERVICE, service(spec));
      return [used.services, used['services.nodeports'], used['services.loadbalancers']];
    };
    assert.deepEqual(counts({ type: 'ClusterIP' }), ['1', '0', '0']);
    assert.deepEqual(counts({ type: 'NodePort' }), ['1', '2', '0']);
    assert.deepEqual(counts({ type: 'LoadBalancer' }), ['1', '2', '1']);
    assert.deepEqual(counts({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }), ['1', '0', '1']);
  });
});

describe('a quota', () => {
  const hard = { pods: '3' };
  const wants = (...values: string[]) =>
    ({ matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values }] }) as const;
  const cases: [spec: ResourceQuota['spec'], pod: Pod, isMeant: boolean][] = [
    [{ hard }, aPod(), true],
    [{ hard: { services: '1' } }, aPod(), false],
    [{ hard, scopes: ['BestEffort'] }, aPod(), true],
    [{ hard, scopes: ['BestEffort'] }, aPod({ requests: { cpu: '1' } }), false],
    [{ hard, scopes: ['NotBestEffort'] }, aPod({ requests: { cpu: '1' } }), true],
    [{ hard, scopes: ['Terminating'] }, podOf({ activeDeadlineSeconds: 5 }), true],
    [{ hard, scopes: ['NotTerminating'] }, podOf({ activeDeadlineSeconds: 5 }), false],
    [
      {
        hard,
        scopeSelector: {
          matchExpressions: [...wants('high').matchExpressions].map((one) => ({ ...one, values: [...one.values] })),
        },
      },
      podOf({ priorityClassName: 'high' }),
      true,
    ],
    [{ hard, scopes: ['PriorityClass'] }, aPod(), false],
  ];
  for (const [spec, pod, isMeant] of cases) {
    it(`is ${isMeant ? '' : 'not '}about ${JSON.stringify(pod.spec)} with ${JSON.stringify(spec)}`, () => {
      assert.equal(isAbout(aQuota(spec), POD, pod), isMeant);
    });
  }

  it('with scopes is about pods alone', () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
    assert.equal(isAbout(aQuota({ hard: { configmaps: '1' } }), CONFIG_MAP, config), true);
    assert.equal(isAbout(aQuota({ hard: { configmaps: '1' }, scopes: ['BestEffort'] }), CONFIG_MAP, config), false);
  });

  it('asks every container to say what it limits', () => {
    const pod = podOf({ containers: [container('b', { cpu: '1' }), container('a', {}, { cpu: '1' })] });
    const missing = (limits: Record<string, string>) => whatIsMissing(aQuota({ hard: limits }), POD, pod);
    assert.equal(missing({ pods: '1' }), undefined);
    assert.equal(missing({ cpu: '1' }), 'must specify cpu for: a');
    assert.equal(
      missing({ 'limits.cpu': '1', 'requests.memory': '1Gi' }),
      'must specify limits.cpu for: b; requests.memory for: a,b',
    );
  });

  it('says what is too much, and nothing else', () => {
    const quota = aQuota({ hard: { pods: '2', 'requests.cpu': '1', 'limits.cpu': '9' } });
    const used = parseAmounts({ pods: '2', 'requests.cpu': '800m' });
    const asked = parseAmounts({ pods: '1', 'requests.cpu': '300m', cpu: '300m' });
    assert.equal(
      whyExceeded(quota, used, asked),
      'exceeded quota: q, requested: pods=1,requests.cpu=300m, used: pods=2,requests.cpu=800m, limited: pods=2,requests.cpu=1',
    );
    assert.equal(whyExceeded(quota, parseAmounts({ pods: '1' }), asked), undefined);
  });

  it('lets what uses nothing of it be, even when it is exceeded already', () => {
    const quota = aQuota({ hard: { 'services.nodeports': '1' } });
    const used = parseAmounts({ 'services.nodeports': '3' });
    assert.equal(whyExceeded(quota, used, parseAmounts({ 'services.nodeports': '0' })), undefined);
  });

  it('is never used beyond its limit by pods that it let in', () => {
    const cpu = fc.integer({ min: 0, max: 900 });
    fc.assert(
      fc.property(fc.array(cpu, { maxLength: 30 }), fc.integer({ min: 0, max: 3000 }), (wishes, limit) => {
        const quota = aQuota({ hard: { pods: '10', 'requests.cpu': `${limit}m` } });
        const stored: Pod[] = [];
        const usages = new Usages();
        for (const [index, milli] of wishes.entries()) {
          const pod = aPod({ name: `p${index}`, requests: { cpu: `${milli}m` } });
          const all: Objects[] = [{ kind: POD, objects: stored }];
          if (!whyExceeded(quota, usedOf(quota, all, NOW, usages), usageOf(POD, pod, NOW))) stored.push(pod);
        }
        const sum = stored.reduce(
          (total, pod) =>
            total + Number.parseInt(pod.spec.containers[0]?.resources?.requests?.cpu?.toString() ?? '0', 10),
          0,
        );
        assert.ok(stored.length <= 10 && sum <= limit);
      }),
    );
  });
});
