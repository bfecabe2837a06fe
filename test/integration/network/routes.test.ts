import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { networkEvents } from '../../../src/agent/network/network-events.ts';
import type { DesiredRoutes } from '../../../src/agent/network/routes/plan-routes.ts';
import { ensureRoutes } from '../../../src/agent/network/routes/pod-routes.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Lifecycle } from '../../../src/lib/lifecycle.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { eventually } from '../../lib/eventually.ts';

const LINK = 'brtest-r0';
const VXLAN = 'brtest.vx';
const NEAR = { name: 'near', podCidr: '10.199.2.0/24', address: '192.168.178.12' };
const FAR = { name: 'far', podCidr: '10.199.3.0/24', address: '192.168.179.13' };
const DESIRED: DesiredRoutes = {
  podCidr: '10.199.1.0/24',
  address: '192.168.178.11',
  clusterCidr: '10.199.0.0/16',
  peers: [NEAR, FAR],
  isComplete: true,
  vxlanName: VXLAN,
};
const log = createLogger('silent');

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

describe('routes in the kernel', () => {
  const routes = () => ip('route', 'show', 'proto', '84', 'root', '10.199.0.0/16').trim().split(/\s*\n/);
  const settle = async () => {
    await ensureRoutes(DESIRED);
    assert.deepEqual((await ensureRoutes(DESIRED)).actions, []);
  };
  const up = () => {
    ip('link', 'set', LINK, 'up');
    ip('route', 'replace', '192.168.179.0/24', 'via', '192.168.178.1');
  };

  before(() => {
    ip('link', 'add', LINK, 'type', 'bridge');
    ip('addr', 'add', '192.168.178.11/24', 'dev', LINK);
    up();
  });
  after(async () => {
    await ensureRoutes({ ...DESIRED, peers: [] });
    ip('link', 'del', LINK);
  });

  it('are made as planned, and need no second pass', async () => {
    const { vxlanPeers } = await ensureRoutes(DESIRED);
    assert.deepEqual(vxlanPeers, [FAR.address]);
    assert.deepEqual(routes().sort(), [
      `10.199.2.0/24 via 192.168.178.12 dev ${LINK}`,
      `10.199.3.0/24 via 10.199.3.0 dev ${VXLAN} onlink`,
    ]);
    const link = ip('-d', 'link', 'show', VXLAN);
    assert.match(link, /mtu 1450 /);
    assert.match(link, /vxlan id 706304 local 192\.168\.178\.11 .*dstport 8472 nolearning/);
    assert.match(ip('neigh', 'show', 'dev', VXLAN), /10\.199\.3\.0 lladdr 02:42:c0:a8:b3:0d PERMANENT/);
    assert.deepEqual((await ensureRoutes(DESIRED)).actions, []);
  });

  it('come back after their link went down and up, and after the overlay was taken away', async () => {
    ip('link', 'set', LINK, 'down');
    up();
    assert.doesNotMatch(routes().join(), /10\.199\.2\.0/);
    await settle();
    ip('link', 'del', VXLAN);
    await settle();
    execFileSync('bridge', ['fdb', 'del', '02:42:c0:a8:b3:0d', 'dev', VXLAN, 'dst', FAR.address, 'self']);
    await settle();
    assert.equal(routes().length, 2);
  });

  it('follow a new address of this node', async () => {
    ip('addr', 'add', '192.168.178.99/24', 'dev', LINK);
    await ensureRoutes({ ...DESIRED, address: '192.168.178.99' });
    assert.match(ip('-d', 'link', 'show', VXLAN), /local 192\.168\.178\.99 /);
    assert.deepEqual((await ensureRoutes({ ...DESIRED, address: '192.168.178.99' })).actions, []);
    await settle();
  });

  it('go with the nodes that they lead to, and the overlay with the last of them', async () => {
    await ensureRoutes({ ...DESIRED, peers: [NEAR] });
    assert.deepEqual(routes(), [`10.199.2.0/24 via 192.168.178.12 dev ${LINK}`]);
    assert.throws(() => execFileSync('ip', ['link', 'show', VXLAN], { stdio: 'pipe' }));
    await ensureRoutes({ ...DESIRED, peers: [] });
    assert.deepEqual(routes(), ['']);
  });
});

describe('events of the kernel', () => {
  const CHAIN = 'BREVENT-FORWARD';
  const iptables = (...args: string[]) => execFileSync('iptables', ['-w', '5', ...args]);
  let events = 0;
  const parts = new Lifecycle(log).add(
    ...networkEvents({
      bridge: 'brevent0',
      chainPrefix: 'BREVENT',
      table: 'brevent',
      onEvent: () => (events += 1),
      clock: systemClock,
      log,
    }),
  );
  /** Does it until it is heard: the programs that listen are not at it from the first moment on. */
  const isHeard = (act: () => void) =>
    eventually(async () => {
      const before = events;
      act();
      await eventually(() => assert.ok(events > before), 2_000);
    });

  before(() => parts.start());
  after(async () => {
    await parts.stop();
    iptables('-X', CHAIN);
    ip('link', 'del', 'brevent-x');
  });

  it('tell of an address that came', async () => {
    ip('link', 'add', 'brevent-x', 'type', 'bridge');
    await isHeard(() => {
      ip('addr', 'flush', 'dev', 'brevent-x');
      ip('addr', 'add', '192.168.178.77/32', 'dev', 'brevent-x');
    });
  });

  it('tell of a chain that was flushed', async () => {
    iptables('-N', CHAIN);
    await isHeard(() => {
      iptables('-A', CHAIN, '-j', 'ACCEPT');
      iptables('-F', CHAIN);
    });
  });
});
