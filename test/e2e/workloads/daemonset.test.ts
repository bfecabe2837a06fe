import assert from 'node:assert/strict';
import type { DaemonSet, Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { workload } from './rollout-manifests.ts';

/** Keeps others away from the node that only the API knows, and lets the daemon through. */
const TAINT = { key: 'example.com/daemons-only', effect: 'NoSchedule' };
/** Nobody reports for it, either: while a node is not ready, its NoSchedule taint keeps daemons away that do not say so. */
const TOLERATIONS = [TAINT.key, 'node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
  key,
  operator: 'Exists' as const,
}));

describe('a DaemonSet', () => {
  let space: PodSpace;
  const paperNode = `paper-${process.pid}`;
  const label = `e2e-daemon-${process.pid}`;
  const type = (...args: string[]) => space.ok(args);
  const pods = async (): Promise<Pod[]> => JSON.parse(await type('get', 'pods', '-l', 'app=logs', '-o', 'json')).items;
  const stored = async (): Promise<DaemonSet> => JSON.parse(await type('get', 'ds', 'logs', '-o', 'json'));
  const only = async (): Promise<Pod> => {
    const [pod, ...others] = await pods();
    assert.equal(others.length, 0);
    return pod ?? assert.fail('there is no pod');
  };
  const rolledOut = () => type('rollout', 'status', 'ds/logs', '--timeout=90s');

  before(async () => {
    space = await PodSpace.open(cluster, 'daemonset');
    await space.apply(workload('DaemonSet', 'logs', {}, { tolerations: TOLERATIONS }));
  });

  after(async () => {
    await space.ok(['delete', 'node', paperNode, '--ignore-not-found']);
    await space.ok(['label', 'node', cluster.nodeName, `${label}-`]);
    await space.ok(['taint', 'node', cluster.nodeName, `${label}-`]).catch(() => {});
    await space.close();
  });

  it('runs one pod on the node', async () => {
    assert.match(await rolledOut(), /successfully rolled out/);
    assert.match(await type('get', 'ds', 'logs', '--no-headers'), /^logs( +1){5} +<none> +\d+s\n$/);
    const { metadata, spec } = await only();
    assert.equal(spec.nodeName, cluster.nodeName);
    await space.event('logs', new RegExp(`Normal SuccessfulCreate Created pod: ${metadata.name}$`, 'm'));
  });

  it('is rolled out, back to the same revision, and restarted', async () => {
    const before = await only();
    const hash = ({ metadata }: Pod) => metadata.labels?.['controller-revision-hash'];
    await type('set', 'env', 'ds/logs', 'STEP=2');
    await rolledOut();
    const after = await only();
    assert.notEqual(hash(after), hash(before));
    assert.match(await type('rollout', 'history', 'ds/logs', '--revision=2'), /STEP:\s+2/);

    assert.match(await type('rollout', 'undo', 'ds/logs'), /^daemonset.apps\/logs rolled back/);
    await rolledOut();
    const undone = await only();
    assert.equal(hash(undone), hash(before));
    assert.match(await type('rollout', 'history', 'ds/logs'), /^2 .*\n3 /m);

    await type('rollout', 'restart', 'ds/logs');
    await rolledOut();
    assert.notEqual((await only()).metadata.uid, undone.metadata.uid);
  });

  it('does not restart pods that are as the rolled back template says', async () => {
    await type('patch', 'ds', 'logs', '-p', '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}');
    const before = await only();
    await type('set', 'env', 'ds/logs', 'STEP=broken');
    await eventually(async () => assert.equal((await stored()).status?.updatedNumberScheduled ?? 0, 0));
    await type('rollout', 'undo', 'ds/logs');
    await eventually(async () => assert.equal((await stored()).status?.updatedNumberScheduled, 1));
    await type('patch', 'ds', 'logs', '-p', '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}');
    await rolledOut();
    assert.equal((await only()).metadata.uid, before.metadata.uid);
  });

  it('surges: the old pod goes when the new one is there', async () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    await type('patch', 'ds', 'logs', '-p', JSON.stringify({ spec: { updateStrategy: { rollingUpdate } } }));
    await type('set', 'env', 'ds/logs', 'STEP=surge');
    await rolledOut();
    const events = await space.events('logs');
    assert.deepEqual(
      events.slice(-2).map((text) => text.split(' ')[1]),
      ['SuccessfulCreate', 'SuccessfulDelete'],
    );
  });

  it('reaches a node that comes, and forgets one that goes', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: paperNode }, spec: { taints: [TAINT] } };
    await space.apply({ ...node, status: {} });
    await eventually(async () => assert.equal((await stored()).status?.desiredNumberScheduled, 2));
    await eventually(async () => assert.equal((await pods()).length, 2));
    await type('delete', 'node', paperNode);
    await eventually(async () => assert.equal((await stored()).status?.desiredNumberScheduled, 1));
    await eventually(only, 60_000);
  });

  it('comes back on a cordoned node', async () => {
    await type('cordon', cluster.nodeName);
    const before = await only();
    await type('delete', 'pod', before.metadata.name);
    await eventually(async () => assert.equal((await stored()).status?.numberReady, 1), 60_000);
    await type('uncordon', cluster.nodeName);
  });

  it('follows the labels of nodes', async () => {
    const nodeSelector = { [label]: 'yes' };
    await type('patch', 'ds', 'logs', '-p', JSON.stringify({ spec: { template: { spec: { nodeSelector } } } }));
    await eventually(async () => assert.deepEqual(await pods(), []), 60_000);
    await type('label', 'node', cluster.nodeName, `${label}=yes`);
    await eventually(async () => assert.equal((await stored()).status?.numberAvailable, 1), 60_000);
  });

  it('stays where new pods are not wanted, and leaves where none may stay', async () => {
    const before = await only();
    await type('taint', 'node', cluster.nodeName, `${label}=1:NoSchedule`);
    await eventually(async () => assert.equal((await stored()).status?.numberMisscheduled, 1));
    assert.equal((await only()).metadata.uid, before.metadata.uid);
    await type('taint', 'node', cluster.nodeName, `${label}=1:NoExecute`);
    await eventually(async () => assert.deepEqual(await pods(), []), 60_000);
    await type('taint', 'node', cluster.nodeName, `${label}-`);
    await eventually(async () => assert.equal((await stored()).status?.numberAvailable, 1), 60_000);
  });
});
