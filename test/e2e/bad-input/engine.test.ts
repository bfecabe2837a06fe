import assert from 'node:assert/strict';
import type { Node, Pod } from '../../../src/api/types.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { PrivateEngine } from '../../lib/private-engine.ts';
import { assertShows } from '../../lib/screen.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'steady' },
  spec: {
    terminationGracePeriodSeconds: 1,
    // Lost nodes' pods are not to be replaced while this one is watched.
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'main', image: 'busybox:1', command: ['sleep', '1000'] }],
  },
};

describe('an engine that fails', function () {
  this.timeout(120_000);
  const engine = new PrivateEngine();
  const cluster = new TestCluster({
    bridge: 'btesteng0',
    clusterCidr: '10.148.0.0/16',
    serviceCidr: '10.149.0.0/16',
    nodeName: 'fragile',
    dockerHost: engine.host,
    agent: false,
  });
  before(() => cluster.start());
  after(async () => {
    await cluster.stop();
    await engine.remove();
  });

  const ready = async () => {
    const node = await cluster.api.get<Node>('/api/v1/nodes/fragile');
    return node.status?.conditions?.find(({ type }) => type === 'Ready');
  };
  const isReady = () => eventually(async () => assert.equal((await ready())?.status, 'True'), 30_000);
  const isNotReady = () =>
    eventually(async () => {
      const condition = await ready();
      assert.deepEqual([condition?.status, condition?.reason], ['False', 'KubeletNotReady']);
      assert.match(condition?.message ?? '', /container runtime|[Dd]ocker|engine/);
    }, 30_000);
  const pod = () => cluster.api.get<Pod>('/api/v1/namespaces/default/pods/steady');

  it('makes the node NotReady with the reason when it is not there at the start', async () => {
    await cluster.joinAgent();
    await isNotReady();
    assert.ok(cluster.runs('agent'));
    const { stdout } = await cluster.kubectl(['get', 'nodes']);
    assertShows(stdout, 'NAME STATUS ROLES AGE VERSION\nfragile NotReady <none> <age> <any>');
  });

  it('makes the node Ready as soon as it comes', async () => {
    await engine.start();
    await engine.load('busybox:1');
    await isReady();
    await cluster.api.create('/api/v1/namespaces/default/pods', POD);
    await eventually(async () => assert.equal((await pod()).status?.phase, 'Running'), 30_000);
  });

  it('makes the node NotReady when it stops midway, and nothing else ends', async () => {
    await engine.stop();
    await isNotReady();
    assert.ok(cluster.runs('agent'));
    assert.ok(cluster.runs('master'));
    assert.equal((await pod()).status?.phase, 'Running');
  });

  it('finds its pods again, untouched, when it is back', async () => {
    const before = (await pod()).status?.containerStatuses?.[0]?.containerID;
    await engine.start();
    await isReady();
    await eventually(async () => {
      const { status } = await pod();
      assert.equal(status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
      assert.equal(status?.containerStatuses?.[0]?.containerID, before);
      assert.equal(status?.containerStatuses?.[0]?.restartCount, 0);
    });
    await cluster.api.delete('/api/v1/namespaces/default/pods/steady');
    await eventually(() => assert.rejects(pod()));
  });
});
