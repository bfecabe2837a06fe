import assert from 'node:assert/strict';
import type { Service } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { HELLO_IMAGE } from '../services/hello.ts';
import { sharedLab } from './shared-lab.ts';

/** Silence until NotReady is ten seconds, an address that nobody answers for is free after three more; the rest is for a busy machine. */
const MOVED_WITHIN_MS = 90_000;
const HOLDER = 'bramble.dev/lan-address-node';

describe('an address of the LAN that a Service asks for', function () {
  this.timeout(MOVED_WITHIN_MS * 4);
  let lab: Lab;
  let space: PodSpace<Lab>;
  let address: string;

  const labels = { app: 'hello' };
  const service = (name: string, lanAddress: string, port = 80): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, annotations: { 'bramble.dev/lan-address': lanAddress } },
    spec: { type: 'LoadBalancer', selector: labels, ports: [{ port, targetPort: 80 }] },
  });
  const get = async (name: string): Promise<Service> => JSON.parse(await space.ok(['get', 'svc', name, '-o', 'json']));
  const externalIp = async (name: string) =>
    (await space.ok(['get', 'svc', name, '--no-headers'])).trim().split(/\s+/)[3];
  const holderOf = async (name: string) => (await get(name)).metadata.annotations?.[HOLDER] ?? '';
  const client = () => lab.host('client');
  const isServed = (port = 80) =>
    eventually(async () => {
      const answer = await client().run('curl', ['-sS', '-m', '2', `http://${address}:${port}/`]);
      assert.match(answer, /Hello/);
    }, MOVED_WITHIN_MS);
  /** Whom the client sends what is for the address. */
  const seenAt = async () => /lladdr (\S+)/.exec(await client().machine.shell(`ip neigh show ${address}`))?.[1];
  const macOf = async (node: string) => (await lab.host(node).machine.shell('cat /sys/class/net/eth0/address')).trim();
  const heldBy = async (node: string) =>
    (await lab.host(node).machine.shell('ip -4 -o address show dev eth0')).includes(` ${address}/32 `);
  const oneHolds = (node: string) =>
    eventually(async () => {
      for (const { name } of lab.nodes) if (lab.host(name).isUp) assert.equal(await heldBy(name), name === node, name);
    }, MOVED_WITHIN_MS);
  const movesFrom = (node: string) =>
    eventually(async () => {
      const holder = await holderOf('hello');
      assert.ok(holder !== '' && holder !== node, holder);
      return holder;
    }, MOVED_WITHIN_MS);
  const allNodesAreReady = () =>
    eventually(async () => {
      const text = await space.ok(['get', 'nodes', '--no-headers']);
      assert.equal(text.match(/ Ready /g)?.length, lab.nodes.length, text);
    }, MOVED_WITHIN_MS);

  before('build the lab, and a server on each node', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'lan-address');
    address = client().address.replace(/\d+$/, '240');
    const container = { name: 'main', image: HELLO_IMAGE, readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 } };
    await space.apply({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'hello' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } },
      },
    });
    await space.ok(['rollout', 'status', 'daemonset/hello', '--timeout=120s']);
  });

  after(() => space?.close());

  it('is held by one node, which describe names, and reached from outside', async () => {
    assert.equal(await space.apply(service('hello', address)), '');
    await eventually(async () => assert.equal(await externalIp('hello'), address));
    const holder = await holderOf('hello');
    await oneHolds(holder);
    await isServed();
    assert.equal(await seenAt(), await macOf(holder));
    const text = await space.ok(['describe', 'svc', 'hello']);
    assert.match(text, new RegExp(`${HOLDER}: ${holder}`));
    assert.match(text, new RegExp(`LanAddressAssigned .* ${address} is given to node ${holder}`));
    // Pods and nodes reach it, too; and the node's own ports are not touched there.
    for (const { name } of lab.nodes)
      await eventually(async () =>
        assert.match(await lab.host(name).run('curl', ['-sS', '-m', '3', `http://${address}/`]), /Hello/),
      );
  });

  it('is shared by Services with other ports, SSH’s too, and only by those', async () => {
    await space.apply(service('shell', address, 22), service('rival', address));
    await eventually(async () => assert.equal(await externalIp('shell'), address));
    assert.equal(await holderOf('shell'), await holderOf('hello'));
    await isServed(22);
    await space.event(
      'rival',
      new RegExp(`SyncLoadBalancerFailed .*80/TCP is taken by Service ${space.namespace}/hello`),
    );
    assert.equal(await externalIp('rival'), '<pending>');
    await space.ok(['delete', 'svc', 'shell', 'rival']);
  });

  it('is refused outside of the LAN, and not taken from somebody who has it', async () => {
    await space.apply(service('far', '192.0.2.240'), service('taken', client().address));
    await space.event(
      'far',
      /SyncLoadBalancerFailed .*192\.0\.2\.240 is in no network of the nodes \(198\.18\.\d+\.0\/24\)/,
    );
    const mac = (await client().machine.shell('cat /sys/class/net/eth0/address')).trim();
    await space.event(
      'taken',
      new RegExp(`SyncLoadBalancerFailed .*${client().address}: it is in use by ${mac}`),
      60_000,
    );
    for (const name of ['far', 'taken']) assert.equal(await externalIp(name), '<pending>');
    await space.ok(['delete', 'svc', 'far', 'taken']);
  });

  const WAYS: readonly { how: string; kill(node: string): Promise<void>; isAlive: boolean }[] = [
    { how: 'loses power', kill: (node) => lab.kill(node, 'power'), isAlive: false },
    { how: 'is cut off', kill: (node) => lab.cut(node), isAlive: true },
    { how: 'loses its agent', kill: (node) => lab.kill(node, 'agent'), isAlive: true },
  ];
  for (const { how, kill, isAlive } of WAYS) {
    it(`moves when its node ${how}: the client that knew the old one goes on with the next`, async () => {
      const holder = await holderOf('hello');
      await isServed();
      assert.equal(await seenAt(), await macOf(holder));
      await kill(holder);
      // A node that hears nothing from the master lets go by itself.
      if (isAlive) await eventually(async () => assert.equal(await heldBy(holder), false), MOVED_WITHIN_MS);
      const next = await movesFrom(holder);
      await oneHolds(next);
      await isServed();
      assert.equal(await seenAt(), await macOf(next));
      assert.equal(await externalIp('hello'), address);
      await space.event('hello', new RegExp(`LanAddressMoved ${address} moves from node ${holder} to node ${next}`));
      await lab.heal(holder);
      await lab.boot(holder);
      await allNodesAreReady();
      // No way back: each move breaks connections.
      assert.equal(await holderOf('hello'), next);
      await oneHolds(next);
    });
  }

  it('is let go with its Service', async () => {
    await space.ok(['delete', 'svc', 'hello']);
    await oneHolds('');
  });
});
