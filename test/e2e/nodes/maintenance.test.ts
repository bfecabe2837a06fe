import assert from 'node:assert/strict';
import type { Node, Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { pod, shell } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';

const IDLE = 'trap exit TERM; while :; do sleep 0.1; done';
const LABELS = { drill: String(process.pid) };
const SELECTED = `--pod-selector=drill=${process.pid}`;

function owning(kind: 'Deployment' | 'DaemonSet', name: string, volumes: NonNullable<Pod['spec']['volumes']> = []) {
  const labels = { app: name, ...LABELS };
  const spec = { terminationGracePeriodSeconds: 1, containers: [shell('main', IDLE)], volumes };
  const template = { metadata: { labels }, spec };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template },
  };
}

describe('a node under maintenance', function () {
  this.timeout(180_000);
  let space: PodSpace;
  const { nodeName } = cluster;
  const nodePath = `/api/v1/nodes/${nodeName}`;
  const drain = (...flags: string[]) => space.kubectl(['drain', nodeName, SELECTED, ...flags]);
  const podsOf = async (app: string) => {
    const { items } = await cluster.api.get<{ items: Pod[] }>(
      `/api/v1/namespaces/${space.namespace}/pods?labelSelector=app%3D${app}`,
    );
    return items.filter(({ metadata }) => !metadata.deletionTimestamp);
  };
  const ready = (app: string) =>
    eventually(async () => {
      const [only, ...others] = await podsOf(app);
      assert.equal(others.length, 0);
      assert.equal(only?.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
      return only ?? assert.fail();
    }, 60_000);

  before(async () => {
    space = await PodSpace.open(cluster, 'maintenance');
    await space.apply(
      owning('Deployment', 'web'),
      owning('Deployment', 'cache', [{ name: 'scratch', emptyDir: {} }]),
      owning('DaemonSet', 'logs'),
      { ...pod('bare', shell('main', IDLE)), metadata: { name: 'bare', labels: { app: 'bare', ...LABELS } } },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      },
    );
    for (const app of ['web', 'cache', 'logs', 'bare']) await ready(app);
  });

  after(async () => {
    await space.ok(['uncordon', nodeName]);
    await space.close();
  });

  it('is not drained of pods that would be lost, and kubectl says what each takes', async () => {
    const { code, stderr } = await drain();
    assert.equal(code, 1);
    assert.match(stderr, /cannot delete DaemonSet-managed Pods \(use --ignore-daemonsets to ignore\): \S+\/logs-/);
    assert.match(
      stderr,
      /cannot delete Pods with local storage \(use --delete-emptydir-data to override\): \S+\/cache-/,
    );
    assert.match(stderr, /\(use --force to override\): \S+\/bare/);
    assert.equal((await podsOf('bare')).length, 1);
  });

  it('is drained of all but daemons, when their budget lets pods go', async () => {
    const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'];
    const daemon = await ready('logs');
    const refused = await drain(...flags, '--timeout=8s');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Cannot evict pod as it would violate the pod's disruption budget\./);
    assert.match(refused.stderr, /ignoring DaemonSet-managed Pods: \S+\/logs-/i);
    assert.equal((await podsOf('web'))[0]?.spec.nodeName, nodeName);
    await space.ok(['delete', 'pdb', 'web']);
    const { code, stdout, stderr } = await drain(...flags, '--timeout=60s');
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^node/${nodeName} (drained|evicted)$`, 'm'));
    assert.deepEqual(await podsOf('bare'), []);
    assert.equal((await podsOf('web'))[0]?.spec.nodeName, undefined);
    assert.equal((await ready('logs')).metadata.uid, daemon.metadata.uid);
    await space.ok(['uncordon', nodeName]);
    for (const app of ['web', 'cache']) await ready(app);
    const events = await space.ok([
      'get',
      'events',
      '-n',
      'default',
      '--field-selector',
      `involvedObject.name=${nodeName}`,
    ]);
    for (const reason of ['NodeNotSchedulable', 'NodeSchedulable'])
      assert.match(events, new RegExp(`${reason} .*is now: ${reason}`));
  });

  it('comes back when it is deleted while its agent lives, with its network and its pods as they were', async () => {
    const before = await cluster.api.get<Node>(nodePath);
    const running = await ready('web');
    await space.ok(['delete', 'node', nodeName]);
    const after = await eventually(async () => {
      const node = await cluster.api.get<Node>(nodePath);
      assert.notEqual(node.metadata.uid, before.metadata.uid);
      assert.equal(node.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
      return node;
    }, 60_000);
    assert.equal(after.spec.podCIDR, before.spec.podCIDR);
    const events = await space.ok([
      'get',
      'events',
      '-n',
      'default',
      '--field-selector',
      `involvedObject.name=${nodeName}`,
    ]);
    assert.match(
      events,
      new RegExp(`RemovingNode .*Node ${nodeName} event: Removing Node ${nodeName} from Controller`),
    );
    const still = await ready('web');
    assert.equal(still.metadata.uid, running.metadata.uid);
    const idOf = ({ status }: Pod) => status?.containerStatuses?.[0]?.containerID;
    assert.equal(idOf(still), idOf(running));
  });
});
