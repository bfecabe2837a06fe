import assert from 'node:assert/strict';
import type { ObservedRoutes, Path } from './observed-routes.ts';
import {
  type DesiredRoutes,
  macOf,
  planRouteRemoval,
  planRoutes,
  podMtu,
  type RouteAction,
  usablePeers,
  vxlanPeers,
} from './plan-routes.ts';

const NEAR = { name: 'near', podCidr: '10.42.2.0/24', address: '192.168.77.12' };
const FAR = { name: 'far', podCidr: '10.42.3.0/24', address: '192.168.78.13' };
const DESIRED: DesiredRoutes = {
  podCidr: '10.42.1.0/24',
  address: '192.168.77.11',
  clusterCidr: '10.42.0.0/16',
  peers: [NEAR, FAR],
  isComplete: true,
  vxlanName: 'bramble.vx',
};
const ETH0 = { name: 'eth0', mtu: 1500, addresses: ['192.168.77.11'], isBroadcast: true };
const PATHS = new Map<string, Path>([
  [NEAR.address, { kind: 'onLink', dev: 'eth0' }],
  [FAR.address, { kind: 'routed', dev: 'eth0' }],
]);
const BARE: ObservedRoutes = { links: [ETH0], paths: PATHS, routes: [], vxlan: undefined };

/** The kernel after the actions: as much of it as the plan uses. */
function apply(before: ObservedRoutes, actions: readonly RouteAction[]): ObservedRoutes {
  let { routes, vxlan } = before;
  for (const action of actions) {
    switch (action.do) {
      case 'deleteLink':
        routes = routes.filter(({ dev }) => dev !== action.name);
        vxlan = undefined;
        break;
      case 'addVxlan':
        vxlan = { ...action.link, isUp: false, addresses: [], neighbours: new Map(), forwarding: new Map() };
        break;
      case 'setLinkUp':
        if (vxlan) vxlan = { ...vxlan, isUp: true, mtu: action.mtu };
        break;
      case 'putRoute':
        routes = [...routes.filter(({ dst }) => dst !== action.route.dst), action.route];
        break;
      case 'deleteRoute':
        routes = routes.filter((route) => route !== action.route);
        break;
      default:
        assert.ok(vxlan, `${action.do} needs the link`);
        vxlan = entries(vxlan, action);
    }
  }
  return { ...before, routes, vxlan };
}

type EntryAction = Exclude<RouteAction, { do: 'deleteLink' | 'addVxlan' | 'setLinkUp' | 'putRoute' | 'deleteRoute' }>;

function entries(vxlan: NonNullable<ObservedRoutes['vxlan']>, action: EntryAction): typeof vxlan {
  const neighbours = new Map(vxlan.neighbours);
  const forwarding = new Map(vxlan.forwarding);
  const addresses = new Set(vxlan.addresses);
  if (action.do === 'addAddress') addresses.add(action.address);
  if (action.do === 'deleteAddress') addresses.delete(action.address);
  if (action.do === 'putNeighbour') neighbours.set(action.address, action.mac);
  if (action.do === 'deleteNeighbour') neighbours.delete(action.address);
  if (action.do === 'putForwarding') forwarding.set(action.mac, action.to);
  if (action.do === 'deleteForwarding') forwarding.delete(action.mac);
  return { ...vxlan, addresses: [...addresses], neighbours, forwarding };
}

describe('routes to other nodes', () => {
  it('go straight on a shared link, and through VXLAN behind a router', () => {
    const after = apply(BARE, planRoutes(BARE, DESIRED));
    assert.deepEqual(after.routes, [
      { dst: '10.42.3.0/24', via: '10.42.3.0', dev: 'bramble.vx', isOnLink: true },
      { dst: '10.42.2.0/24', via: '192.168.77.12', dev: 'eth0', isOnLink: false },
    ]);
    assert.deepEqual(after.vxlan, {
      name: 'bramble.vx',
      vni: 666112,
      local: '192.168.77.11',
      mac: '02:42:c0:a8:4d:0b',
      mtu: 1450,
      ownAddress: '10.42.1.0',
      isUp: true,
      addresses: ['10.42.1.0/32'],
      neighbours: new Map([['10.42.3.0', '02:42:c0:a8:4e:0d']]),
      forwarding: new Map([['02:42:c0:a8:4e:0d', '192.168.78.13']]),
    });
    assert.deepEqual(vxlanPeers(BARE, DESIRED), [FAR.address]);
  });

  it('need no VXLAN where all share a link', () => {
    const actions = planRoutes(BARE, { ...DESIRED, peers: [NEAR] });
    assert.deepEqual(
      actions.map((action) => action.do),
      ['putRoute'],
    );
  });

  const whole = apply(BARE, planRoutes(BARE, DESIRED));
  const { vxlan } = whole;
  assert.ok(vxlan);
  const moved: DesiredRoutes = { ...DESIRED, address: '192.168.77.99' };
  const starts: readonly (readonly [string, ObservedRoutes, DesiredRoutes])[] = [
    ['nothing', BARE, DESIRED],
    ['routes that went with a link', { ...whole, routes: [] }, DESIRED],
    ['an overlay that is down', { ...whole, vxlan: { ...vxlan, isUp: false } }, DESIRED],
    [
      'an overlay without entries',
      { ...whole, vxlan: { ...vxlan, neighbours: new Map(), forwarding: new Map() } },
      DESIRED,
    ],
    ['an overlay of another address', whole, moved],
    ['a link of another size', { ...whole, links: [{ ...ETH0, mtu: 9000 }] }, DESIRED],
    ['another range of its own', whole, { ...DESIRED, podCidr: '10.42.9.0/24' }],
    ['a peer that moved', whole, { ...DESIRED, peers: [NEAR, { ...FAR, address: '192.168.78.99' }] }],
    ['a peer that left', whole, { ...DESIRED, peers: [FAR] }],
    ['the last peer behind a router gone', whole, { ...DESIRED, peers: [NEAR] }],
    [
      'a peer that came to the same link',
      { ...whole, paths: new Map([...PATHS, [FAR.address, { kind: 'onLink', dev: 'eth0' }]]) },
      DESIRED,
    ],
    ['a peer whose range went to another', whole, { ...DESIRED, peers: [{ ...NEAR, podCidr: FAR.podCidr }] }],
    ['a peer that cannot be reached', { ...whole, paths: new Map() }, DESIRED],
  ];
  for (const [title, observed, desired] of starts)
    it(`are right after one pass over ${title}, and need no second`, () => {
      const paths = new Map([...observed.paths, ['192.168.78.99', { kind: 'routed', dev: 'eth0' }] as const]);
      const start = { ...observed, paths };
      const after = apply(start, planRoutes(start, desired));
      assert.deepEqual(planRoutes(after, desired), []);
      assert.equal(after.vxlan !== undefined, vxlanPeers(start, desired).length > 0);
      for (const { dst } of after.routes) assert.ok(desired.peers.some(({ podCidr }) => podCidr === dst));
    });

  it('stay as they are for a peer that cannot be reached just now', () => {
    assert.deepEqual(planRoutes({ ...whole, paths: new Map() }, DESIRED), []);
  });

  it('are not pruned before all peers are known', () => {
    assert.deepEqual(planRoutes(whole, { ...DESIRED, peers: [], isComplete: false }), []);
    assert.deepEqual(
      planRoutes(whole, { ...DESIRED, clusterCidr: '', isComplete: true, peers: [] }).filter(
        ({ do: what }) => what === 'deleteRoute',
      ),
      [],
    );
  });

  it('of another cluster on this machine are left alone', () => {
    const other = { dst: '10.99.1.0/24', via: '192.168.77.50', dev: 'eth0', isOnLink: false };
    const observed = { ...whole, routes: [...whole.routes, other] };
    assert.deepEqual(planRoutes(observed, DESIRED), []);
  });

  it('are not made to a node of this very machine', () => {
    const paths = new Map<string, Path>([[NEAR.address, { kind: 'self' }]]);
    assert.deepEqual(planRoutes({ ...BARE, paths }, { ...DESIRED, peers: [NEAR] }), []);
  });
});

describe('the largest packet of pods', () => {
  const wireguard = { name: 'wg0', mtu: 1420, addresses: ['10.9.0.1'], isBroadcast: false };
  const overlay = apply(BARE, planRoutes(BARE, DESIRED));
  const cases: readonly (readonly [string, ObservedRoutes, Partial<DesiredRoutes>, number | undefined])[] = [
    ['is their link’s where all share a link', BARE, { peers: [NEAR] }, undefined],
    ['leaves room for VXLAN when one peer needs it', BARE, {}, 1450],
    ['follows the link’s own', { ...BARE, links: [{ ...ETH0, mtu: 9000 }] }, {}, 8950],
    [
      'fits into the tunnel that leads to a peer',
      { ...BARE, links: [ETH0, wireguard], paths: new Map([[FAR.address, { kind: 'routed', dev: 'wg0' }]]) },
      {},
      1370,
    ],
    ['stays while peers are not all known', overlay, { peers: [], isComplete: false }, 1450],
    ['stays while a peer cannot be reached', { ...overlay, paths: new Map() }, {}, 1450],
  ];
  for (const [title, observed, desired, mtu] of cases)
    it(title, () => assert.equal(podMtu(observed, { ...DESIRED, ...desired }), mtu));
});

describe('routes of an agent that goes', () => {
  const own = { vxlanName: 'bramble.vx', bridge: 'bramble0', clusterCidr: '10.42.0.0/16' };
  const bridge = { ...ETH0, name: 'bramble0', addresses: ['10.42.1.1'] };
  const services = { dst: '10.43.0.0/16', via: '', dev: 'bramble0', isOnLink: false };
  const whole = apply({ ...BARE, links: [ETH0, bridge] }, planRoutes(BARE, DESIRED));
  const start = { ...whole, routes: [...whole.routes, services] };
  const left = (observed: ObservedRoutes, clusterCidr = own.clusterCidr) => {
    const { routes, vxlan } = apply(observed, planRouteRemoval(observed, { ...own, clusterCidr }));
    return [...routes.map(({ dst }) => dst), ...(vxlan ? [vxlan.name] : [])];
  };

  it('go with it, and the overlay', () => assert.deepEqual(left(start), []));

  it('leave those of another cluster’s agent on the machine', () => {
    const other = { dst: '10.99.2.0/24', via: '192.168.77.50', dev: 'eth0', isOnLink: false };
    const links = [...start.links, { ...ETH0, name: 'other0', addresses: ['10.99.1.1'] }];
    assert.deepEqual(left({ ...start, links, routes: [...start.routes, other] }), ['10.99.2.0/24']);
  });

  it('stay for another agent of the same cluster on the machine, which needs them too', () => {
    const links = [...start.links, { ...ETH0, name: 'bramble1', addresses: ['10.42.9.1'] }];
    assert.deepEqual(left({ ...start, links }), ['10.42.3.0/24', '10.42.2.0/24', 'bramble.vx']);
  });

  it('are those of its own links where its range is not known', () => {
    assert.deepEqual(left(start, ''), ['10.42.2.0/24']);
  });
});

describe('usablePeers', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a range outside the cluster’s', '0.0.0.0/0', '192.168.77.20'],
    ['this node’s own range', '10.42.1.0/24', '192.168.77.20'],
    ['a range that holds this node’s', '10.42.0.0/16', '192.168.77.20'],
    ['the range of a peer before it', '10.42.2.0/24', '192.168.77.20'],
    ['a range that is none', 'x', '192.168.77.20'],
    ['an address that is none', '10.42.7.0/24', 'fe80::1'],
  ];
  for (const [title, podCidr, address] of cases)
    it(`leaves out one with ${title}`, () => {
      const peers = [NEAR, { name: 'zz', podCidr, address }];
      assert.deepEqual(usablePeers({ ...DESIRED, peers }), [NEAR]);
    });
});

describe('macOf', () => {
  it('is made of the address', () => assert.equal(macOf('192.168.77.11'), '02:42:c0:a8:4d:0b'));
});
