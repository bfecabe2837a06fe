import assert from 'node:assert/strict';
import type { Ingress, Node } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { HELLO_IMAGE } from '../services/hello.ts';
import { ingress, rule } from '../services/ingress-front.ts';
import { sharedLab } from './shared-lab.ts';

const HOST = 'lab.example';

describe('an Ingress of three nodes', function () {
  this.timeout(300_000);
  let lab: Lab;
  let space: PodSpace<Lab>;
  /** What a client outside gets of a node. */
  const ask = (node: string) =>
    lab.host('client').run('curl', ['-sS', '-m', '5', '-H', `Host: ${HOST}`, `http://${lab.host(node).address}/`]);
  const addresses = async () => {
    const { status } = JSON.parse(await space.ok(['get', 'ingress', 'web', '-o', 'json'])) as Ingress;
    return (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
  };
  const all = () => lab.nodes.map(({ address }) => address).sort();

  before('build the lab, a pod and its Ingress', async () => {
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'ingress');
    await space.ok(['create', 'deployment', 'web', `--image=${HELLO_IMAGE}`]);
    await space.ok(['expose', 'deployment', 'web', '--port=80']);
    await space.ok(['rollout', 'status', 'deployment/web', '--timeout=120s']);
    await space.apply(ingress('web', { rules: [rule(HOST, ['/', 'Prefix', 'web'])] }));
  });

  after('take them away', () => space?.close());

  it('is served by every node, wherever the pod is, and shows all of them', async () => {
    for (const { name } of lab.nodes) await eventually(async () => assert.match(await ask(name), /Hello, web-/));
    await eventually(async () => assert.deepEqual((await addresses()).sort(), all()));
  });

  it('is not served by a node without haproxy, which says so, until it has one', async () => {
    const { machine, address } = lab.host('n3');
    const condition = async () => {
      const node = await lab.api.get<Node>('/api/v1/nodes/n3');
      return node.status?.conditions?.find(({ type }) => type === 'IngressUnavailable');
    };
    await machine.shell('mount --bind /dev/null /usr/sbin/haproxy');
    try {
      // Another rule is another configuration, for which a new process is needed.
      await space.apply(ingress('more', { rules: [rule('more.example', ['/', 'Prefix', 'web'])] }));
      await eventually(async () => {
        const found = await condition();
        assert.deepEqual([found?.status, found?.reason], ['True', 'HaproxyMissing']);
        assert.match(found?.message ?? '', /apt install haproxy/);
      });
      await eventually(async () =>
        assert.deepEqual(
          (await addresses()).sort(),
          all().filter((one) => one !== address),
        ),
      );
      assert.match(await ask('n3'), /Hello, web-/, 'what is served already is served on');
    } finally {
      await machine.shell('umount /usr/sbin/haproxy');
    }
    await eventually(async () => assert.equal((await condition())?.reason, 'IngressServed'), 60_000);
    await eventually(async () => assert.deepEqual((await addresses()).sort(), all()));
  });
});
