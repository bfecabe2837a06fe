import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Pod } from '../../../src/api/types.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';

const PODS = '/api/v1/namespaces/default/pods';

describe('a cluster of amd64 and arm64', function () {
  this.timeout(300_000);
  let lab: Lab;

  /** Waits for so many Ready pods of a Deployment. @returns their nodes */
  const nodesOf = (app: string, count: number) =>
    eventually(async () => {
      const { items } = await lab.api.get<{ items: Pod[] }>(`${PODS}?labelSelector=app%3D${app}`);
      assert.equal(items.filter(isReady).length, count, JSON.stringify(items.map(({ status }) => status)));
      return items.map(({ spec }) => spec.nodeName);
    }, 120_000);
  const create = async (name: string, image: string, replicas: number) => {
    const made = await lab.kubectl(['create', 'deployment', name, `--image=${image}`, `--replicas=${replicas}`]);
    assert.equal(made.code, 0, made.stderr);
  };

  before('build the lab', async () => {
    const name = `arch-${randomBytes(4).toString('hex')}`;
    lab = await Lab.up({ name, nodes: [{}, { pretendedArchitecture: 'arm64' }] });
  });

  after('take it away', async () => {
    await lab?.down();
  });

  it('shows both', async () => {
    const path = 'jsonpath={.items[*].status.nodeInfo.architecture}';
    const { stdout } = await lab.kubectl(['get', 'nodes', '-o', path]);
    assert.deepEqual(stdout.split(' ').sort(), ['amd64', 'arm64']);
  });

  it('places an image of both on both', async () => {
    await create('both', 'nginx:latest', 2);
    assert.deepEqual((await nodesOf('both', 2)).sort(), ['n1', 'n2']);
  });

  it('never places nginx:1.11, which is amd64 only, on arm64', async () => {
    await create('amd64', 'nginx:1.11', 3);
    assert.deepEqual(await nodesOf('amd64', 3), ['n1', 'n1', 'n1']);
  });

  it('says why, when there is no other node', async () => {
    await lab.kubectl(['cordon', 'n1']);
    await create('nowhere', 'nginx:1.11', 1);
    await eventually(async () => {
      const { stdout } = await lab.kubectl(['describe', 'pods', '-l', 'app=nowhere']);
      const why = 'node(s) had no image "nginx:1.11" for architecture arm64 (it is built for amd64)';
      assert.match(stdout, /FailedScheduling .* 0\/2 nodes are available: /);
      assert.ok(stdout.includes(why), stdout);
    });
  });
});
