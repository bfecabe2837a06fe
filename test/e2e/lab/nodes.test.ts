import assert from 'node:assert/strict';
import type { Lab } from '../../lab/lab.ts';
import { assertShows } from '../../lib/screen.ts';
import { sharedLab } from './shared-lab.ts';

describe('three nodes', () => {
  let lab: Lab;

  before('build the lab', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
  });

  it('show as those of a real cluster, each with its address', async () => {
    const system = '<any>';
    const lines = lab.nodes.map(
      ({ name, address }) =>
        `${name} Ready <none> <age> v1.36.0+bramble.<any> ${address} <none> ${system} docker://<any>`,
    );
    const heading = 'NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME';
    const { stdout } = await lab.kubectl(['get', 'nodes', '-o', 'wide']);
    assertShows(stdout, [heading, ...lines].join('\n'));
  });

  it('have pod networks of their own, and share the pods of a Deployment', async () => {
    const { stdout } = await lab.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].spec.podCIDR}']);
    assert.equal(new Set(stdout.split(' ')).size, 3);
    const made = await lab.kubectl(['create', 'deployment', 'spread', '--image=nginx:latest', '--replicas=3']);
    assert.equal(made.code, 0, made.stderr);
    try {
      const rolled = await lab.kubectl(['rollout', 'status', 'deployment/spread', '--timeout=60s']);
      assert.equal(rolled.code, 0, rolled.stderr);
      const nodes = await lab.kubectl(['get', 'pods', '-l', 'app=spread', '-o', 'jsonpath={.items[*].spec.nodeName}']);
      assert.deepEqual(nodes.stdout.split(' ').sort(), ['n1', 'n2', 'n3']);
    } finally {
      await lab.kubectl(['delete', 'deployment', 'spread', '--wait=false']);
    }
  });
});
