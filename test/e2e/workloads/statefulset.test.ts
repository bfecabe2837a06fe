import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { workload } from './rollout-manifests.ts';

const REVISION = 'controller-revision-hash';

describe('a StatefulSet', () => {
  let space: PodSpace;
  const type = (...args: string[]) => space.ok(args);
  const podsOf = async (name: string): Promise<Pod[]> =>
    JSON.parse(await type('get', 'pods', '-l', `app=${name}`, '-o', 'json')).items;
  const stored = async (name: string): Promise<StatefulSet> => JSON.parse(await type('get', 'sts', name, '-o', 'json'));

  before(async () => {
    space = await PodSpace.open(cluster, 'statefulset');
    await space.apply(workload('StatefulSet', 'web', { replicas: 3, serviceName: 'peers' }));
  });

  after(() => space.close());

  it('creates its pods one after the other, and says so', async () => {
    assert.match(await type('rollout', 'status', 'sts/web', '--timeout=90s'), /roll out complete: 3 new pods/);
    assert.match(await type('get', 'sts', 'web', '--no-headers'), /^web +3\/3 +\d+s\n$/);
    const created = (await space.events('web')).filter((text) => text.includes('SuccessfulCreate'));
    const words = (ordinal: number) =>
      `Normal SuccessfulCreate create Pod web-${ordinal} in StatefulSet web successful`;
    assert.deepEqual(created, [0, 1, 2].map(words));
  });

  it('gives each a name that its container knows, too', async () => {
    assert.equal(await type('exec', 'web-1', '--', 'hostname'), 'web-1\n');
    const [, second] = await podsOf('web');
    assert.equal(second?.spec.subdomain, 'peers');
    assert.equal(second?.metadata.labels?.['apps.kubernetes.io/pod-index'], '1');
  });

  it('creates a deleted pod anew under its name', async () => {
    const before = await space.get('web-1');
    await type('delete', 'pod', 'web-1');
    await space.until('web-1', ({ metadata }) => assert.notEqual(metadata.uid, before.metadata.uid));
    await space.ready('web-1');
  });

  it('scales down from the highest ordinal on, and up again', async () => {
    await type('scale', 'sts', 'web', '--replicas=1');
    await space.gone('web-1');
    await space.gone('web-2');
    await type('scale', 'sts', 'web', '--replicas=3');
    await space.ready('web-2');
  });

  it('is rolled out, and back to the same revision', async () => {
    const { status: before } = await stored('web');
    await type('set', 'env', 'sts/web', 'STEP=2');
    await type('rollout', 'status', 'sts/web', '--timeout=90s');
    const { status: after } = await stored('web');
    assert.notEqual(after?.currentRevision, before?.currentRevision);
    assert.match(await type('rollout', 'history', 'sts/web'), /^1 .*\n2 /m);
    assert.match(await type('rollout', 'history', 'sts/web', '--revision=2'), /STEP:\s+2/);

    assert.match(await type('rollout', 'undo', 'sts/web'), /^statefulset.apps\/web rolled back/);
    await type('rollout', 'status', 'sts/web', '--timeout=90s');
    const { status: undone } = await stored('web');
    assert.equal(undone?.currentRevision, before?.currentRevision);
    assert.match(await type('rollout', 'history', 'sts/web'), /^2 .*\n3 /m);
    for (const { metadata } of await podsOf('web')) assert.equal(metadata.labels?.[REVISION], undone?.currentRevision);
  });

  it('is restarted', async () => {
    const before = await space.get('web-0');
    await type('rollout', 'restart', 'sts/web');
    await type('rollout', 'status', 'sts/web', '--timeout=90s');
    assert.notEqual((await space.get('web-0')).metadata.uid, before.metadata.uid);
  });

  it('updates no pod below its partition', async () => {
    const rollingUpdate = { partition: 2 };
    await type('patch', 'sts', 'web', '-p', JSON.stringify({ spec: { updateStrategy: { rollingUpdate } } }));
    const before = await space.get('web-1');
    await type('set', 'env', 'sts/web', 'STEP=canary');
    await eventually(async () => assert.equal((await stored('web')).status?.updatedReplicas, 1), 60_000);
    await space.ready('web-2');
    assert.equal((await space.get('web-1')).metadata.uid, before.metadata.uid);
    const { status } = await stored('web');
    assert.notEqual(status?.currentRevision, status?.updateRevision);
  });

  it('creates a failed pod anew, and says why', async () => {
    await space.apply(
      workload('StatefulSet', 'par', { replicas: 2, serviceName: 'peers', podManagementPolicy: 'Parallel' }),
    );
    const before = await space.ready('par-0');
    // A node that evicts it says so.
    await type('patch', 'pod', 'par-0', '--subresource=status', '-p', '{"status":{"phase":"Failed"}}');
    await space.until('par-0', ({ metadata }) => assert.notEqual(metadata.uid, before.metadata.uid));
    const words = `Warning RecreatingFailedPod StatefulSet ${space.namespace}/par is recreating failed Pod par-0`;
    await space.event('par', new RegExp(RegExp.escape(words)));
  });
});
