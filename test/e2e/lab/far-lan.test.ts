import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { TalkingPods } from './talking-pods.ts';

describe('pods of two nodes with a router between them', () => {
  let lab: Lab;
  let pods: TalkingPods;

  before('build a lab with a far node', async function () {
    this.timeout(300_000);
    lab = await Lab.up({ name: `e2e-far-${randomBytes(4).toString('hex')}`, nodes: [{}, { lan: 'far' }] });
    pods = new TalkingPods(lab, 'far-lan');
    await pods.start(['n1', 'n2']);
  });
  after('take it away', async function () {
    this.timeout(120_000);
    await lab?.down();
  });

  it('reach each other by their own addresses, through VXLAN that nobody asked for', async () => {
    for (const host of lab.nodes)
      await eventually(async () =>
        assert.match(
          await host.machine.shell('ip route show proto 84'),
          /^10\.42\.\d+\.0\/24 .* dev bramble\.vx onlink/m,
        ),
      );
    await eventually(() => pods.allReachEachOther());
  });

  it('reach each other through Services, and keep their addresses', async () => {
    const [{ clusterIP: near = '' }, { clusterIP: far = '' }] = [
      (await pods.serve('on-n1')).spec,
      (await pods.serve('on-n2')).spec,
    ];
    await eventually(async () => {
      assert.equal(await pods.seenFromPod('on-n1', far), pods.ipOf('on-n1'));
      assert.equal(await pods.seenFromPod('on-n2', near), pods.ipOf('on-n2'));
    });
    for (const host of lab.nodes)
      for (const ip of [near, far]) assert.match(await pods.seenFromNode(host, ip), /^10\.42\.\d+\.[01]$/);
  });

  it('send packets that fit into VXLAN, 50 bytes under what their nodes’ link takes', async () => {
    const ping = (from: string, to: string, payload: number) =>
      pods.inNetworkOf(from, `ping -M do -c 1 -W 3 -s ${payload} ${pods.ipOf(to)}`);
    for (const [from, to] of [
      ['on-n1', 'on-n2'],
      ['on-n2', 'on-n1'],
    ] as const) {
      // 20 of IP and 8 of ICMP are in the 1450, too.
      await eventually(() => ping(from, to, 1422));
      await assert.rejects(ping(from, to, 1423), /message too long, mtu=1450/i);
      assert.equal(await pods.bytesBetween(from, to), 1_000_000);
    }
  });
});
