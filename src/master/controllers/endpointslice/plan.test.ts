import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aPod } from '../../../../test/lib/builders.ts';
import type { EndpointSlice, Pod, PodSpec, Service } from '../../../api/types.ts';
import { MAX_ENDPOINTS, plan, type SliceAction } from './plan.ts';

function aService(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-of-web', labels: { team: 'a' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.43.1.1',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
      ...spec,
    },
  };
}

const NAMED_PORT = { name: 'http', port: 80, protocol: 'TCP', targetPort: 'web' } as const;

function withPort(index: number, containerPort: number, facts: Omit<PodFacts, 'index'> = {}): Pod {
  const ports = [{ name: 'web', containerPort }];
  return endpointPod({ index, ...facts, spec: { containers: [{ name: 'main', image: 'nginx:1', ports }] } });
}

interface PodFacts {
  readonly index: number;
  readonly isReady?: boolean;
  readonly deleted?: boolean;
  readonly phase?: 'Running' | 'Succeeded' | 'Failed';
  readonly spec?: Partial<PodSpec>;
}

function endpointPod({ index, isReady = true, deleted = false, phase = 'Running', spec = {} }: PodFacts): Pod {
  const pod = aPod({ name: `web-${index}`, node: 'pi-1', labels: { app: 'web' }, deleted, phase, spec });
  const status = isReady ? ('True' as const) : ('False' as const);
  const podIP = `10.42.${index >> 8}.${index & 255}`;
  return { ...pod, status: { ...pod.status, podIP, conditions: [{ type: 'Ready', status }] } };
}

/** Carries actions out on a list of slices, as the API would. */
function apply(slices: readonly EndpointSlice[], actions: readonly SliceAction[], names: () => string) {
  const left = new Map(slices.map((slice) => [slice.metadata.name, slice]));
  for (const { do: what, slice } of actions) {
    const name = slice.metadata.name || names();
    if (what === 'delete') left.delete(name);
    else left.set(name, { ...slice, metadata: { ...slice.metadata, name } });
  }
  return [...left.values()];
}

function counter(): () => string {
  let next = 0;
  return () => `web-slice-${next++}`;
}

function settle(service: Service, pods: readonly Pod[], slices: readonly EndpointSlice[] = []) {
  return apply(
    slices,
    plan(service, { pods, slices }, () => 'garden'),
    counter(),
  );
}

function addresses(slices: readonly EndpointSlice[]): string[] {
  return slices.flatMap(({ endpoints = [] }) => endpoints.map((endpoint) => endpoint.addresses[0] ?? '')).sort();
}

describe('the slices of a Service', () => {
  it('hold pods with what rules and names are made from', () => {
    const [slice, ...others] = settle(aService(), [endpointPod({ index: 2 })]);
    assert.equal(others.length, 0);
    assert.deepEqual(slice?.metadata.labels, {
      team: 'a',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    assert.deepEqual(slice?.ports, [{ name: 'http', protocol: 'TCP', port: 8080 }]);
    assert.deepEqual(slice?.endpoints, [
      {
        addresses: ['10.42.0.2'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'pi-1',
        targetRef: { kind: 'Pod', namespace: 'default', name: 'web-2', uid: 'uid-of-web-2' },
        zone: 'garden',
      },
    ]);
  });

  const conditions: [what: string, facts: Omit<PodFacts, 'index'>, publish: boolean, expected: unknown][] = [
    ['ready', {}, false, { ready: true, serving: true, terminating: false }],
    ['not ready', { isReady: false }, false, { ready: false, serving: false, terminating: false }],
    ['terminating and serving', { deleted: true }, false, { ready: false, serving: true, terminating: true }],
    ['terminating', { deleted: true, isReady: false }, false, { ready: false, serving: false, terminating: true }],
    ['published anyway', { isReady: false }, true, { ready: true, serving: false, terminating: false }],
    ['finished', { phase: 'Succeeded' }, false, undefined],
    ['failed', { phase: 'Failed' }, true, undefined],
  ];
  for (const [what, facts, publishNotReadyAddresses, expected] of conditions) {
    it(`say of a pod that is ${what}: ${JSON.stringify(expected)}`, () => {
      const [slice] = settle(aService({ publishNotReadyAddresses }), [endpointPod({ index: 2, ...facts })]);
      assert.deepEqual(slice?.endpoints?.[0]?.conditions, expected);
    });
  }

  it('are one empty one when there is no pod', () => {
    const slices = settle(aService(), []);
    assert.deepEqual(
      slices.map(({ endpoints, ports }) => [endpoints, ports]),
      [[[], []]],
    );
    assert.deepEqual(
      plan(aService(), { pods: [], slices }, () => undefined),
      [],
    );
  });

  it('part where a named target port is another number, or none', () => {
    const slices = settle(aService({ ports: [NAMED_PORT] }), [
      withPort(2, 8080),
      withPort(3, 9090),
      withPort(4, 8080),
      endpointPod({ index: 5 }),
    ]);
    const shown = slices.map((slice) => [slice.ports?.[0]?.port, addresses([slice])]);
    assert.deepEqual(shown.sort(), [
      [undefined, ['10.42.0.5']],
      [8080, ['10.42.0.2', '10.42.0.4']],
      [9090, ['10.42.0.3']],
    ]);
  });

  it('leave out of their ports what a pod does not declare', () => {
    const stats = { name: 'stats', port: 81, protocol: 'TCP', targetPort: 'stats' } as const;
    const [slice, ...others] = settle(aService({ ports: [NAMED_PORT, stats] }), [withPort(2, 8080)]);
    assert.deepEqual(slice?.ports, [{ name: 'http', protocol: 'TCP', port: 8080 }]);
    assert.equal(others.length, 0);
  });

  it('give a pod its own name under the Service that it names as subdomain', () => {
    const named = endpointPod({ index: 2, spec: { hostname: 'db-0', subdomain: 'web' } });
    const other = endpointPod({ index: 3, spec: { hostname: 'db-1', subdomain: 'elsewhere' } });
    const [slice] = settle(aService({ clusterIP: 'None', clusterIPs: ['None'], ports: [] }), [named, other]);
    assert.deepEqual(
      slice?.endpoints?.map(({ hostname }) => hostname),
      ['db-0', undefined],
    );
    assert.equal(slice?.metadata.labels?.['service.kubernetes.io/headless'], '');
  });

  it('change by one write when one pod of many does', () => {
    const pods = Array.from({ length: 250 }, (_, index) => endpointPod({ index: index + 1 }));
    const slices = settle(aService(), pods);
    assert.deepEqual(
      slices.map(({ endpoints = [] }) => endpoints.length),
      [100, 100, 50],
    );
    const changed = pods.with(120, endpointPod({ index: 121, isReady: false }));
    const actions = plan(aService(), { pods: changed, slices }, () => 'garden');
    assert.deepEqual(
      actions.map(({ do: what, slice }) => [what, slice.metadata.name]),
      [['update', 'web-slice-1']],
    );
  });

  it('end as the pods are, whatever they were, and then stay', () => {
    const facts = fc.record({
      index: fc.integer({ min: 1, max: 400 }),
      isReady: fc.boolean(),
      deleted: fc.boolean(),
      declaresPort: fc.boolean(),
    });
    const service = aService({ ports: [NAMED_PORT] });
    const world = fc.uniqueArray(facts, { selector: ({ index }) => index, maxLength: 300 });
    fc.assert(
      fc.property(fc.array(world, { minLength: 1, maxLength: 4 }), (worlds) => {
        const names = counter();
        let slices: EndpointSlice[] = [];
        for (const now of worlds) {
          const pods = now.map(({ index, declaresPort, ...pod }) =>
            declaresPort ? withPort(index, 8080, pod) : endpointPod({ index, ...pod }),
          );
          slices = apply(
            slices,
            plan(service, { pods, slices }, () => undefined),
            names,
          );
          assert.deepEqual(addresses(slices), pods.map(({ status }) => status?.podIP ?? '').sort());
          assert.ok(slices.every(({ endpoints = [] }) => endpoints.length <= MAX_ENDPOINTS));
          assert.deepEqual(
            plan(service, { pods, slices }, () => undefined),
            [],
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});
