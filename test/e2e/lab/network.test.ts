import assert from 'node:assert/strict';
import type { Pod } from '../../../src/api/types.ts';
import type { Host } from '../../lab/host.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { sharedLab } from './shared-lab.ts';

const NAMESPACE = 'pod-network';
/** Says who asks, and has something big. */
const SERVER = `
busybox dd if=/dev/zero of=/tmp/big bs=1000 count=1000 2>/dev/null
echo 'events {} http { server { listen 8080; root /tmp; location = / { return 200 $remote_addr; } } }' > /tmp/nginx.conf
exec nginx -c /tmp/nginx.conf -g 'daemon off;'`;
const ROUTES = 'ip route show proto 84';

function aServer(name: string, nodeName: string): object {
  const container = { name: 'main', image: 'nginx:latest', command: ['sh', '-c', SERVER] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE },
    spec: { nodeName, terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

describe('pods of three nodes', () => {
  let lab: Lab;
  const ips = new Map<string, string>();
  const ipOf = (name: string) => ips.get(name) ?? '';

  const succeed = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await lab.kubectl(args, input === undefined ? {} : { input });
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  const inPod = (name: string, script: string) =>
    succeed(['exec', '-n', NAMESPACE, name, '--', 'timeout', '10', 'sh', '-c', script]);
  /** Who `to` sees when the pod `from` asks. */
  const seenFromPod = (from: string, to: string) => inPod(from, `curl -sS -m 3 http://${ipOf(to)}:8080/`);
  const seenFromNode = (host: Host, to: string) => host.run('curl', ['-sS', '-m', '3', `http://${ipOf(to)}:8080/`]);
  const allReachEachOther = async () => {
    const names = [...ips.keys()];
    for (const from of names)
      for (const to of names.filter((name) => name !== from))
        assert.equal(await seenFromPod(from, to), ipOf(from), `${from} to ${to}`);
  };

  before('build the lab and its pods', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    await succeed(['create', 'namespace', NAMESPACE]);
    await eventually(() => succeed(['get', 'serviceaccount', 'default', '-n', NAMESPACE]));
    const items = ['n1', 'n2', 'n3'].map((node) => aServer(`on-${node}`, node));
    await succeed(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await succeed(['wait', '-n', NAMESPACE, '--for=condition=Ready', 'pod', '--all', '--timeout=60s']);
    const pods = JSON.parse(await succeed(['get', 'pods', '-n', NAMESPACE, '-o', 'json'])) as { items: Pod[] };
    for (const { metadata, status } of pods.items) ips.set(metadata.name, status?.podIP ?? '');
  });

  after(async () => {
    if (lab) await succeed(['delete', 'namespace', NAMESPACE, '--wait=false']);
  });

  it('reach each other both ways, by their own addresses', () => eventually(allReachEachOther));

  it('are reached from every node, and see its address', async () => {
    for (const host of lab.nodes)
      for (const name of ips.keys()) {
        const seen = await seenFromNode(host, name);
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
      assert.match(await seenFromNode(n1, 'on-n3'), /^10\.42\.\d+\.0$/);
      // Full segments do not fit under the VXLAN header: pods are told so and send smaller ones.
      const count = `curl -sS -m 8 http://${ipOf('on-n3')}:8080/big | busybox wc -c`;
      assert.equal(await inPod('on-n1', count), '1000000');
    } finally {
      await n1.machine.shell(`ip route del ${n3.address}`);
      await n3.machine.shell(`ip route del ${n1.address}`);
    }
    await eventually(async () => assert.doesNotMatch(await n1.machine.shell(ROUTES), /bramble\.vx/));
    await eventually(allReachEachOther);
    await assert.rejects(n1.machine.shell('ip link show bramble.vx'));
  });

  it('come together again when a cable is back, and when a link went down and up', async () => {
    await lab.cut('n2');
    await assert.rejects(seenFromPod('on-n1', 'on-n2'));
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
    await eventually(async () => assert.match(await succeed(['get', 'node', 'n2']), / Ready /));
  });

  it('follow a node whose address changes, without a restart', async () => {
    const n3 = lab.host('n3');
    const moved = n3.address.replace(/\d+$/, '77');
    const gateway = n3.address.replace(/\d+$/, '1');
    const move = (to: string) =>
      n3.machine.shell(`ip addr flush dev eth0; ip addr add ${to}/24 dev eth0; ip route add default via ${gateway}`);
    const internalIp = () =>
      succeed(['get', 'node', 'n3', '-o', 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}']);
    const started = await succeed([
      'get',
      'pods',
      '-n',
      NAMESPACE,
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
      await succeed(['get', 'pods', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].status.containerStatuses}']),
      started,
    );
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
    await succeed(['create', '-f', '-'], JSON.stringify(node));
    try {
      await succeed([
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
      await succeed(['delete', 'node', 'stranger']);
    }
    for (const host of lab.nodes)
      await eventually(async () => assert.doesNotMatch(await host.machine.shell(ROUTES), /10\.42\.200\.0/));
  });
});
