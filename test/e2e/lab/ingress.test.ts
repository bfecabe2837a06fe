import assert from 'node:assert/strict';
import type { Ingress } from '../../../src/api/types.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import type { Host } from '../../lab/host.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { allAnswer } from '../services/hello.ts';
import { serversOnAllNodes } from './servers.ts';
import { sharedLab } from './shared-lab.ts';

/** On a busy machine: ten seconds until a node is NotReady, and its start. */
const SETTLE_MS = 120_000;
const HOST = 'web.example.com';

describe('an Ingress on three nodes', function () {
  this.timeout(SETTLE_MS * 3);
  let lab: Lab;
  let space: PodSpace<Lab>;
  const ask = ({ address }: Host, host = HOST) =>
    lab.host('client').run('curl', ['-sS', '-m', '5', '-H', `Host: ${host}`, `http://${address}/`]);
  const pods = async () =>
    (await space.ok(['get', 'pods', '-l', 'app=echo', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ');
  const hasAddresses = (nodes: readonly Host[]) =>
    eventually(async () => {
      const { status } = JSON.parse(await space.ok(['get', 'ingress', 'web', '-o', 'json'])) as Ingress;
      const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
      assert.deepEqual(addresses.sort(), nodes.map(({ address }) => address).sort());
    }, SETTLE_MS);

  before('build the lab, the servers and the Ingress', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'ingress');
    await serversOnAllNodes(space, 'echo');
    await space.ok(['create', 'ingress', 'web', `--rule=${HOST}/*=echo:8080`]);
  });

  after(() => space?.close());

  it('is answered by every node, with the pods of all, and names them', async () => {
    await hasAddresses(lab.nodes);
    const names = await pods();
    for (const node of lab.nodes) {
      await eventually(async () => assert.match(await ask(node), /Hello/));
      await allAnswer(names, () => ask(node));
      assert.match(await ask(node, 'other.example.com'), /^no Ingress has a rule/);
    }
  });

  it('goes on being answered when a node loses power, and by that one when it is back', async () => {
    const [n1, n2, n3] = lab.nodes as [Host, Host, Host];
    await lab.kill('n3', 'power');
    try {
      for (const node of [n1, n2])
        await eventually(async () => {
          for (let times = 0; times < 20; times++) assert.match(await ask(node), /Hello/);
        }, SETTLE_MS);
      await hasAddresses([n1, n2]);
    } finally {
      await lab.boot('n3');
    }
    await eventually(async () => assert.ok(isReady(await lab.api.get('/api/v1/nodes/n3'))), SETTLE_MS);
    await hasAddresses(lab.nodes);
    await eventually(async () => assert.match(await ask(n3), /Hello/), SETTLE_MS);
  });
});
