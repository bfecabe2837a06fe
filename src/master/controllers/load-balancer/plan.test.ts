import assert from 'node:assert/strict';
import { aNode } from '../../../../test/lib/builders.ts';
import { type LanFacts, toAnnotations } from '../../../api/kinds/node/lan-facts.ts';
import { LAN_ADDRESS, LAN_ADDRESS_NODE } from '../../../api/kinds/service/load-balancer.ts';
import type { Node, Service } from '../../../api/types.ts';
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

function decide(service: Service, view: Partial<View> = {}): Action[] {
  return plan(service, {
    nodes: NODES,
    readyNodesOf: () => new Set(),
    sharers: [service],
    now: NOW,
    ...view,
  });
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
        readyNodesOf: () => new Set(['n2']),
      }),
      [['192.168.1.12'], ENSURED],
    ],
    [
      'has no address while there are none',
      decide(aService({ externalTrafficPolicy: 'Local' }, given(...BOTH)), {
        readyNodesOf: () => new Set(),
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
      decide(aService({}, given(...BOTH)), { balanced: { kind: 'held', port: '80/TCP', by: 'shop/front' } }),
      [
        [],
        ['SyncLoadBalancerFailed'],
        'PortInUse: port 80/TCP is taken by Service shop/front: choose another port, or delete that Service',
      ],
    ],
    [
      'says that a port is the nodes’ own',
      decide(aService(), { balanced: { kind: 'own', port: '22/TCP' } }),
      [[], ['SyncLoadBalancerFailed'], 'PortOfNode: port 22/TCP is one that nodes need themselves: choose another one'],
    ],
    [
      'says which of its external addresses is not served, whatever its type',
      decide(aService({ type: 'ClusterIP' }), { external: { kind: 'own', port: '22/TCP' } }),
      [[], ['ExternalIPsRefused'], 'PortOfNode: port 22/TCP is one that nodes need themselves: choose another one'],
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
    const balanced = { kind: 'own', port: '22/TCP' } as const;
    const waiting = carriedOut(aService({}, { loadBalancer: {}, conditions: [foreign] }), { balanced });
    assert.deepEqual(decide(waiting, { balanced }), []);
    assert.deepEqual(carriedOut(waiting).status, { ...given(...BOTH), conditions: [foreign] });
    assert.deepEqual(carriedOut({ ...waiting, spec: { type: 'ClusterIP' } }).status, {
      loadBalancer: {},
      conditions: [foreign],
    });
  });
});

describe('an address of the network that nodes hold for a Service', () => {
  const ADDRESS = '192.168.1.240';
  /** @param facts what its agent tells beside its network */
  const onLan = (node: Node, facts: Partial<LanFacts> = {}): Node => ({
    ...node,
    metadata: {
      ...node.metadata,
      annotations: toAnnotations({ subnets: ['192.168.1.0/24'], addresses: [], conflicts: {}, ...facts }),
    },
  });
  const asking = (
    address: string,
    node?: string,
    spec: Partial<Service['spec']> = {},
    status?: Service['status'],
  ): Service => {
    const service = aService(spec, status);
    const annotations = { [LAN_ADDRESS]: address, ...(node ? { [LAN_ADDRESS_NODE]: node } : {}) };
    return { ...service, metadata: { ...service.metadata, annotations } };
  };
  const nodes = NODES.map((node) => onLan(node));
  const holding = (name: string) =>
    NODES.map((node) => onLan(node, node.metadata.name === name ? { addresses: [ADDRESS] } : {}));
  const [n1 = aNode(), n2 = aNode()] = NODES;
  const silent = { type: 'Ready', status: 'Unknown' as const };
  const lost = (node: Node): Node => ({ ...node, status: { ...node.status, conditions: [silent] } });
  /** The holder that is written, or 'same', before the rest. */
  const whole = (service: Service, view: Partial<View>) => {
    const actions = decide(service, view);
    const holder = actions.find((action) => action.do === 'setHolder');
    return [holder ? holder.node : 'same', ...summary(actions)];
  };
  const first = decide(asking(ADDRESS), { nodes }).find((action) => action.do === 'setHolder')?.node ?? '';
  const second = first === 'n1' ? 'n2' : 'n1';

  const cases: [what: string, seen: unknown[], expected: unknown[]][] = [
    ['is given to a node first', whole(asking(ADDRESS), { nodes }), [first, 'same', ['LanAddressAssigned']]],
    ['is awaited until that one has it', whole(asking(ADDRESS, first), { nodes }), ['same', 'same', []]],
    ['is told then', whole(asking(ADDRESS, first), { nodes: holding(first) }), ['same', [ADDRESS], ENSURED]],
    [
      'stays where it is, whom chance would prefer',
      whole(asking(ADDRESS, second, {}, given(ADDRESS)), { nodes: holding(second) }),
      ['same', 'same', []],
    ],
    [
      'moves when its node is lost, and stays told of meanwhile',
      whole(asking(ADDRESS, 'n1', {}, given(ADDRESS)), {
        nodes: [lost(onLan(n1, { addresses: [ADDRESS] })), onLan(n2)],
      }),
      ['n2', 'same', ['LanAddressMoved']],
    ],
    [
      'moves nowhere when all are silent at once',
      whole(asking(ADDRESS, 'n1', {}, given(ADDRESS)), { nodes: nodes.map(lost) }),
      ['same', 'same', []],
    ],
    [
      'goes to a node with endpoints when traffic is to stay on its node',
      whole(asking(ADDRESS, first, { externalTrafficPolicy: 'Local' }), {
        nodes,
        readyNodesOf: () => new Set([second]),
      }),
      [second, 'same', ['LanAddressMoved']],
    ],
    [
      'is asked for with spec.loadBalancerIP, too',
      whole(aService({ loadBalancerIP: ADDRESS }), { nodes }),
      [first, 'same', ['LanAddressAssigned']],
    ],
    [
      'may be a node’s own, and is held by nobody then',
      whole(asking('192.168.1.12'), { nodes }),
      ['same', ['192.168.1.12'], ENSURED],
    ],
    ['is refused outside of the nodes’ networks', whole(asking('192.0.2.1', 'n1'), { nodes }), [undefined, 'same', []]],
    [
      'is refused with the networks there are',
      whole(asking('192.0.2.1'), { nodes }),
      [
        'same',
        [],
        ['SyncLoadBalancerFailed'],
        'UnfitAddress: 192.0.2.1 is in no network of the nodes (192.168.1.0/24): choose a free address there',
      ],
    ],
    [
      'is refused when it is the broadcast address',
      whole(asking('192.168.1.255'), { nodes }),
      [
        'same',
        [],
        ['SyncLoadBalancerFailed'],
        "UnfitAddress: 192.168.1.255 is the network's own or its broadcast address: choose another one",
      ],
    ],
    [
      'is refused when it is none',
      whole(asking('attic'), { nodes }),
      ['same', [], ['SyncLoadBalancerFailed'], 'UnfitAddress: "attic" is no IPv4 address: give one like 192.168.1.240'],
    ],
    [
      'is not told of while somebody else has it',
      whole(asking(ADDRESS, 'n1', {}, given(ADDRESS)), {
        nodes: [onLan(n1, { conflicts: { [ADDRESS]: '02:00:00:00:00:01' } }), onLan(n2)],
      }),
      [
        'same',
        [],
        ['SyncLoadBalancerFailed'],
        `AddressInUse: node n1 does not take ${ADDRESS}: it is in use by 02:00:00:00:00:01; choose a free address`,
      ],
    ],
    [
      'is let go with the type',
      whole(asking(ADDRESS, 'n1', { type: 'ClusterIP' }, given(ADDRESS)), { nodes }),
      [undefined, 'same', []],
    ],
    [
      'is let go when its port is another’s',
      whole(asking(ADDRESS, 'n1'), { nodes, balanced: { kind: 'held', port: '80/TCP', by: 'a/b' } }),
      [undefined, 'same', []],
    ],
  ];
  for (const [what, seen, expected] of cases) it(what, () => assert.deepEqual(seen, expected));

  it('is held by one node for all Services that share it', () => {
    const old = asking(ADDRESS, second);
    const young = asking(ADDRESS);
    assert.deepEqual(whole(young, { nodes, sharers: [old, young] }), [second, 'same', ['LanAddressAssigned']]);
  });
});
