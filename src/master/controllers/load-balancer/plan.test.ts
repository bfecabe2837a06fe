import assert from 'node:assert/strict';
import { aNode } from '../../../../test/lib/builders.ts';
import type { EndpointSlice, Node, Service } from '../../../api/types.ts';
import { type Action, plan, type View } from './plan.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function at(name: string, address: string, ready = 'True'): Node {
  const node = aNode(name);
  const conditions = [{ type: 'Ready', status: ready }];
  return { ...node, status: { ...node.status, addresses: [{ type: 'InternalIP', address }], conditions } };
}

const NODES = [at('n1', '192.168.1.11'), at('n2', '192.168.1.12')];

function aService(spec: Partial<Service['spec']> = {}, status: Service['status'] = { loadBalancer: {} }): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
    status,
  };
}

const given = (...ips: string[]): Service['status'] => ({
  loadBalancer: { ingress: ips.map((ip) => ({ ip, ipMode: 'VIP' })) },
});

function slice(...endpoints: { node: string; ready: boolean }[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'default' },
    addressType: 'IPv4',
    endpoints: endpoints.map(({ node, ready }) => ({
      addresses: ['10.42.1.2'],
      nodeName: node,
      conditions: { ready },
    })),
  };
}

function decide(service: Service, view: Partial<View> = {}): Action[] {
  return plan(service, { nodes: NODES, slices: [], refusal: undefined, now: NOW, ...view });
}

/** The addresses that are written, or 'same'; the reasons of events; the condition, as `reason: message`. */
function summary(actions: readonly Action[]) {
  const written = actions.find((action) => action.do === 'setStatus')?.status;
  const reasons = actions.flatMap((action) => (action.do === 'tell' ? [action.reason] : []));
  const condition = written?.conditions?.map(({ reason, message }) => `${reason}: ${message}`) ?? [];
  return [written ? (written.loadBalancer?.ingress ?? []).map(({ ip }) => ip) : 'same', reasons, ...condition];
}

/** The object after the plan was carried out. */
function carriedOut(service: Service, view: Partial<View> = {}): Service {
  const status = decide(service, view).find((action) => action.do === 'setStatus')?.status;
  return status ? { ...service, status } : service;
}

const ENSURED = ['EnsuringLoadBalancer', 'EnsuredLoadBalancer'];
const BOTH = ['192.168.1.11', '192.168.1.12'];

describe('the load balancer of a Service', () => {
  const cases: [what: string, actions: Action[], expected: unknown[]][] = [
    ['has the addresses of all nodes', decide(aService()), [BOTH, ENSURED]],
    ['is left alone when it has them', decide(aService({}, given(...BOTH))), ['same', []]],
    [
      'follows the nodes',
      decide(aService({}, given(...BOTH)), { nodes: [...NODES.slice(0, 1), at('n2', '192.168.1.12', 'Unknown')] }),
      [['192.168.1.11'], ['UpdatedLoadBalancer']],
    ],
    [
      'keeps what it has while no node is Ready',
      decide(aService({}, given(...BOTH)), {
        nodes: NODES.map(({ metadata }, index) => at(metadata.name, BOTH[index] ?? '', 'Unknown')),
      }),
      ['same', []],
    ],
    [
      'waits when there never was one',
      decide(aService(), { nodes: [] }),
      [[], ['UnAvailableLoadBalancer'], 'UnAvailableLoadBalancer: There are no available nodes for LoadBalancer'],
    ],
    [
      'leads only to nodes with ready endpoints when traffic is to stay on its node',
      decide(aService({ externalTrafficPolicy: 'Local' }), {
        slices: [slice({ node: 'n1', ready: false }, { node: 'n2', ready: true })],
      }),
      [['192.168.1.12'], ENSURED],
    ],
    [
      'has no address while there are none',
      decide(aService({ externalTrafficPolicy: 'Local' }, given(...BOTH)), {
        slices: [slice({ node: 'n1', ready: false })],
      }),
      [[], ['UnAvailableLoadBalancer'], 'UnAvailableLoadBalancer: There are no available nodes for LoadBalancer'],
    ],
    [
      'has the one address that it asks for',
      decide(aService({ loadBalancerIP: '192.168.1.12' })),
      [['192.168.1.12'], ENSURED],
    ],
    [
      'says which Service has its port',
      decide(aService({}, given(...BOTH)), { refusal: { kind: 'held', port: '80/TCP', by: 'shop/front' } }),
      [
        [],
        ['SyncLoadBalancerFailed'],
        'PortInUse: port 80/TCP is taken by Service shop/front: choose another port, or delete that Service',
      ],
    ],
    [
      'says that a port is the nodes’ own',
      decide(aService(), { refusal: { kind: 'own', port: '22/TCP' } }),
      [[], ['SyncLoadBalancerFailed'], 'PortOfNode: port 22/TCP is one that nodes need themselves: choose another one'],
    ],
    [
      'goes with the type',
      decide(aService({ type: 'ClusterIP' }, given(...BOTH))),
      [[], ['DeletingLoadBalancer', 'DeletedLoadBalancer']],
    ],
    ['of another type is not looked at', decide(aService({ type: 'NodePort' }, undefined)), ['same', []]],
    [
      'of somebody else is left alone',
      decide(aService({ loadBalancerClass: 'example.com/internal' }, given('203.0.113.1'))),
      ['same', []],
    ],
  ];
  for (const [what, actions, expected] of cases) it(what, () => assert.deepEqual(summary(actions), expected));

  it('is told of a problem once, and loses its condition, and only that, with it', () => {
    const foreign = {
      type: 'Foreign',
      status: 'True' as const,
      reason: 'R',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const refusal = { kind: 'own', port: '22/TCP' } as const;
    const waiting = carriedOut(aService({}, { loadBalancer: {}, conditions: [foreign] }), { refusal });
    assert.deepEqual(decide(waiting, { refusal }), []);
    assert.deepEqual(carriedOut(waiting).status, { ...given(...BOTH), conditions: [foreign] });
    assert.deepEqual(carriedOut({ ...waiting, spec: { type: 'ClusterIP' } }).status, {
      loadBalancer: {},
      conditions: [foreign],
    });
  });
});
