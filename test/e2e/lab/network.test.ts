import assert from 'node:assert/strict';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { sharedLab } from './shared-lab.ts';
import { TalkingPods } from './talking-pods.ts';

const ROUTES = 'ip route show proto 84';

describe('pods of three nodes', () => {
  let lab: Lab;
  let pods: TalkingPods;
  const allReachEachOther = () => pods.allReachEachOther();

  before('build the lab and its pods', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    pods = new TalkingPods(lab, 'pod-network');
    await pods.start(['n1', 'n2', 'n3']);
  });

  after(() => pods?.remove());

  it('reach each other both ways, by their own addresses', () => eventually(allReachEachOther));

  it('are reached from every node, and see its address', async () => {
    for (const host of lab.nodes)
      for (const name of pods.names) {
        const seen = await pods.seenFromNode(host, pods.ipOf(name));
        // Its own pods see the bridge's address, since that is on their network.
        if (name !== `on-${host.name}`) assert.equal(seen, host.address);
        else assert.match(seen, /^10\.42\.\d+\.1$/);
      }
  });

  it('reach each other through VXLAN where a router is between, with as much as they like', async () => {
    const [n1, , n3] = lab.nodes;
    assert.ok(n1 && n3);
    const gateway = n1.address.replace(/\d+$/, '1');
    await n1.machine.shell(`ip route add ${n3.address} via ${gateway}`);
    await n3.machine.shell(`ip route add ${n1.address} via ${gateway}`);
    try {
      await eventually(async () => {
        for (const host of [n1, n3]) assert.match(await host.machine.shell(ROUTES), /dev bramble\.vx onlink/);
      });
      await eventually(allReachEachOther);
      assert.match(await pods.seenFromNode(n1, pods.ipOf('on-n3')), /^10\.42\.\d+\.0$/);
      // Full segments do not fit under the VXLAN header: running pods send smaller ones from now on.
      await eventually(async () => assert.match(await pods.inNetworkOf('on-n1', 'ip route'), /^default .* mtu 1450 /m));
      assert.equal(await pods.bytesBetween('on-n1', 'on-n3'), 1_000_000);
    } finally {
      await n1.machine.shell(`ip route del ${n3.address}`);
      await n3.machine.shell(`ip route del ${n1.address}`);
    }
    await eventually(async () => assert.doesNotMatch(await n1.machine.shell(ROUTES), /bramble\.vx/));
    await eventually(allReachEachOther);
    await assert.rejects(n1.machine.shell('ip link show bramble.vx'));
    await eventually(async () => assert.doesNotMatch(await pods.inNetworkOf('on-n1', 'ip route'), /mtu/));
  });

  it('come together again when a cable is back, and when a link went down and up', async () => {
    await lab.cut('n2');
    await assert.rejects(pods.seenFromPod('on-n1', pods.ipOf('on-n2')));
    await lab.heal('n2');
    await eventually(allReachEachOther);
    const [, n2] = lab.nodes;
    assert.ok(n2);
    const gateway = n2.address.replace(/\d+$/, '1');
    await n2.machine.shell(`ip link set eth0 down; ip link set eth0 up; ip route add default via ${gateway}`);
    await eventually(allReachEachOther);
  });

  it('are let through again after somebody flushed the firewall', async () => {
    const [n1] = lab.nodes;
    await n1?.machine.shell('iptables -F');
    await eventually(allReachEachOther, 10_000);
    assert.match((await n1?.machine.shell('iptables -S BRAMBLE-FORWARD')) ?? '', /-j ACCEPT/);
  });

  it('keep their connections while Docker starts again, and are let through after it', async () => {
    await lab.kill('n2', 'engine');
    await lab.startEngine('n2');
    await eventually(allReachEachOther);
    await eventually(async () => assert.match(await pods.kubectl(['get', 'node', 'n2']), / Ready /));
  });

  it('follow a node whose address changes, without a restart', async () => {
    const n3 = lab.host('n3');
    const moved = n3.address.replace(/\d+$/, '77');
    const gateway = n3.address.replace(/\d+$/, '1');
    const move = (to: string) =>
      n3.machine.shell(`ip addr flush dev eth0; ip addr add ${to}/24 dev eth0; ip route add default via ${gateway}`);
    const internalIp = () =>
      pods.kubectl(['get', 'node', 'n3', '-o', 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}']);
    const started = await pods.kubectl([
      'get',
      'pods',
      '-n',
      'pod-network',
      '-o',
      'jsonpath={.items[*].status.containerStatuses}',
    ]);
    try {
      await move(moved);
      await eventually(async () => assert.equal(await internalIp(), moved), 60_000);
      await eventually(allReachEachOther);
      assert.match(
        (await lab.host('n1').machine.shell(ROUTES)) ?? '',
        new RegExp(`via ${moved.replaceAll('.', '\\.')} `),
      );
    } finally {
      await move(n3.address);
    }
    await eventually(async () => assert.equal(await internalIp(), n3.address), 60_000);
    await eventually(allReachEachOther);
    assert.equal(
      await pods.kubectl(['get', 'pods', '-n', 'pod-network', '-o', 'jsonpath={.items[*].status.containerStatuses}']),
      started,
    );
  });

  it('make their node say which package it lacks for Services, as long as it does', async () => {
    const n3 = lab.host('n3').machine;
    const ready = () => pods.kubectl(['get', 'node', 'n3', '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")]}']);
    await n3.shell('mount --bind /dev/null /usr/sbin/nft');
    try {
      await n3.shell('ip address add 192.0.2.77/32 dev lo'); // rules are looked at whenever an address comes
      await eventually(
        async () => assert.match(await ready(), /cannot run nft: .*apt install nftables.*"False"/),
        60_000,
      );
    } finally {
      await n3.shell('umount /usr/sbin/nft; ip address del 192.0.2.77/32 dev lo');
    }
    await eventually(async () => assert.match(await ready(), /"status":"True"/), 90_000);
  });

  it('are forgotten with their node', async () => {
    // A Node without an agent: what is known of it is all there is.
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'stranger' },
      spec: { podCIDR: '10.42.200.0/24' },
      status: { addresses: [{ type: 'InternalIP', address: lab.host('client').address }] },
    };
    await pods.kubectl(['create', '-f', '-'], JSON.stringify(node));
    try {
      await pods.kubectl([
        'patch',
        'node',
        'stranger',
        '--subresource=status',
        '--type=merge',
        '-p',
        JSON.stringify({ status: node.status }),
      ]);
      for (const host of lab.nodes)
        await eventually(async () => assert.match(await host.machine.shell(ROUTES), /^10\.42\.200\.0\/24 /m));
    } finally {
      await pods.kubectl(['delete', 'node', 'stranger']);
    }
    for (const host of lab.nodes)
      await eventually(async () => assert.doesNotMatch(await host.machine.shell(ROUTES), /10\.42\.200\.0/));
  });
});
