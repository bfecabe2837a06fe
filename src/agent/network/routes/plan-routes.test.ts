import assert from 'node:assert/strict';
import type { ObservedRoutes, Path } from './observed-routes.ts';
import { type DesiredRoutes, macOf, planRoutes, type RouteAction, usablePeers, vxlanPeers } from './plan-routes.ts';

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
  [FAR.address, { kind: 'routed' }],
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
      const paths = new Map([...observed.paths, ['192.168.78.99', { kind: 'routed' }] as const]);
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
