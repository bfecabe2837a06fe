import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, Pod } from '../../../src/api/types.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
// For its images.
import '../setup/shared-cluster.ts';

const SHORT = '--eviction-pressure-transition-period=3s';
/** Met always: no machine has 99 % of its memory left. */
const NO_MEMORY = ['--eviction-hard=memory.available<99%', SHORT];
const ROOMY = ['--eviction-hard=nodefs.available<40%', SHORT];

function shell(name: string, script: string, extra: Partial<Pod['spec']> = {}) {
  const main = { name: 'main', image: 'busybox:1', command: ['sh', '-c', script] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 0, containers: [main], ...extra },
  };
}

describe('a node that runs short', function () {
  this.timeout(240_000);
  const disk = mkdtempSync(join(tmpdir(), 'node-disk-'));
  const cluster = new TestCluster({
    bridge: 'btestevi0',
    clusterCidr: '10.158.0.0/16',
    serviceCidr: '10.159.0.0/16',
    nodeName: 'tight',
    agentDataDir: disk,
    agentFlags: ROOMY,
  });
  let space: PodSpace;
  before(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]);
    await cluster.start();
    space = await PodSpace.open(cluster, 'short');
  });
  after(async () => {
    await cluster.stop();
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  const condition = (type: string, status: string) =>
    eventually(async () => {
      const { status: node } = await cluster.api.get<Node>('/api/v1/nodes/tight');
      assert.equal(node?.conditions?.find((each) => each.type === type)?.status, status, cluster.log('agent'));
    }, 60_000);
  const pods = async () => {
    const { items } = await cluster.api.get<{ items: Pod[] }>(`/api/v1/namespaces/${space.namespace}/pods`);
    return items.filter(({ metadata }) => metadata.labels?.app === 'web');
  };

  it('evicts who uses most beyond its request, tells why, and says so in its conditions', async () => {
    await space.apply(
      shell('thrifty', 'sleep 1000', { priority: 0 }),
      shell('greedy', 'head -c 60000000 /dev/zero | tail -c 60000000 | (sleep 1000)'),
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web' },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: shell('web', 'sleep 1000').spec },
        },
      },
    );
    await Promise.all([space.phase('thrifty', 'Running'), space.phase('greedy', 'Running')]);
    await cluster.restartAgent(NO_MEMORY);
    const { status } = await space.phase('greedy', 'Failed');
    assert.equal(status?.reason, 'Evicted');
    assert.match(
      status?.message ?? '',
      /^The node was low on resource: memory\. Threshold quantity: \d+(Ki)?, available: \d+Ki\. Container main was using \d+Ki, request is 0, has larger consumption of memory\. $/,
    );
    const disruption = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.deepEqual([disruption?.status, disruption?.reason], ['True', 'TerminationByKubelet']);
    await space.event('greedy', /Warning Evicted The node was low on resource: memory/);
    assert.match(await space.row('greedy'), /^0\/1 Evicted|^0\/1 Error/);
    await condition('MemoryPressure', 'True');
    const described = await space.ok(['describe', 'node', 'tight']);
    assert.match(
      described,
      /MemoryPressure +True .*KubeletHasInsufficientMemory +kubelet has insufficient memory available/,
    );
    assert.match(described, /Taints: +node.kubernetes.io\/memory-pressure:NoSchedule/);
    assert.match(described, /Warning +EvictionThresholdMet .*Attempting to reclaim memory/);
  });

  it('takes no BestEffort pod meanwhile, whoever binds it', async () => {
    await space.apply(shell('bound', 'sleep 1000', { nodeName: 'tight' }));
    const { status } = await space.phase('bound', 'Failed');
    assert.deepEqual(
      [status?.reason, status?.message],
      ['Evicted', 'Pod was rejected: The node had condition: [MemoryPressure]. '],
    );
  });

  it('gets the pods of a ReplicaSet back when it has room again', async () => {
    await eventually(async () => {
      const [evicted] = (await pods()).filter(({ status }) => status?.reason === 'Evicted');
      assert.ok(evicted);
    }, 60_000);
    await eventually(async () => assert.ok((await pods()).some(({ status }) => status?.phase === 'Pending')), 30_000);
    await cluster.restartAgent(ROOMY);
    await condition('MemoryPressure', 'False');
    await eventually(async () => {
      const phases = (await pods()).map(({ status }) => status?.phase);
      assert.deepEqual(phases.toSorted(), ['Failed', 'Running'], cluster.log('agent'));
    }, 60_000);
  });

  it('evicts who fills its disk, which frees the disk', async () => {
    const volumes = [{ name: 'data', emptyDir: {} }];
    const fills = shell('fills', 'head -c 50000000 /dev/zero > /data/big; sleep 1000', { volumes });
    Object.assign(fills.spec.containers[0] ?? {}, { volumeMounts: [{ name: 'data', mountPath: '/data' }] });
    await space.apply(fills);
    const { status } = await space.phase('fills', 'Failed');
    assert.match(
      status?.message ?? '',
      /^The node was low on resource: ephemeral-storage\. Threshold quantity: \d+(Ki)?, available: \d+Ki\. /,
    );
    await condition('DiskPressure', 'False');
    assert.ok(cluster.runs('agent'));
  });

  it('evicts who writes more than its limits', async () => {
    const volumes = [{ name: 'data', emptyDir: { sizeLimit: '2Mi' } }];
    const over = shell('over', 'head -c 3000000 /dev/zero > /data/big; sleep 1000', { volumes });
    Object.assign(over.spec.containers[0] ?? {}, { volumeMounts: [{ name: 'data', mountPath: '/data' }] });
    const layer = shell('layer', 'head -c 3000000 /dev/zero > /big; sleep 1000');
    Object.assign(layer.spec.containers[0] ?? {}, { resources: { limits: { 'ephemeral-storage': '2Mi' } } });
    assert.equal(await space.apply(over, layer), '');
    const { status } = await space.phase('over', 'Failed', 90_000);
    assert.deepEqual(
      [status?.reason, status?.message],
      ['Evicted', 'Usage of EmptyDir volume "data" exceeds the limit "2Mi". '],
    );
    const pod = await space.phase('layer', 'Failed', 90_000);
    assert.equal(pod.status?.message, 'Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ');
  });
});
