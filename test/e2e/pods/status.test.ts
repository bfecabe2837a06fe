import assert from 'node:assert/strict';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, pod, script, shell } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('the status of a pod', () => {
  let space: PodSpace;

  before(async () => {
    space = await PodSpace.open(cluster, 'status');
    await space.apply(script('running', IDLE), pod('updated', [shell('main', IDLE), shell('other', IDLE)]));
  });

  after(() => space.close());

  it('tells its conditions, each with the time it changed', async () => {
    const { metadata, status } = await space.ready('running');
    const conditions = status?.conditions ?? [];
    assert.deepEqual(conditions.map(({ type, status: value }) => `${type} ${value}`).sort(), [
      'ContainersReady True',
      'Initialized True',
      'PodReadyToStartContainers True',
      'PodScheduled True',
      'Ready True',
    ]);
    for (const { lastTransitionTime } of conditions) assert.match(lastTransitionTime ?? '', RFC_3339);
    const time = (type: string) => Date.parse(conditions.find((c) => c.type === type)?.lastTransitionTime ?? '');
    assert.ok(time('PodScheduled') >= Date.parse(metadata.creationTimestamp ?? ''));
    assert.ok(time('Ready') >= time('PodScheduled'));
  });

  it('tells where and as what it runs', async () => {
    const { metadata, spec, status } = await space.ready('running');
    assert.equal(spec.nodeName, space.cluster.nodeName);
    assert.match(status?.podIP ?? '', /^10\.\d+\.\d+\.\d+$/);
    assert.deepEqual(status?.podIPs, [{ ip: status?.podIP }]);
    assert.deepEqual(status?.hostIPs, [{ ip: status?.hostIP }]);
    assert.match(status?.startTime ?? '', RFC_3339);
    assert.equal(status?.observedGeneration, metadata.generation);
    assert.equal(status?.qosClass, 'BestEffort');
    const [container] = status?.containerStatuses ?? [];
    assert.match(container?.containerID ?? '', /^docker:\/\/[0-9a-f]{64}$/);
    assert.match(container?.imageID ?? '', /sha256:[0-9a-f]{64}$/);
    assert.equal(container?.image, 'busybox:1');
    assert.deepEqual([container?.ready, container?.started, container?.restartCount], [true, true, 0]);
    assert.deepEqual(container?.lastState ?? {}, {});
    const wide = await space.ok(['get', 'pod', 'running', '-o', 'wide', '--no-headers']);
    const columns = wide.trim().split(/\s{2,}/);
    assert.deepEqual(columns.toSpliced(4, 1), [
      ...['running', '1/1', 'Running', '0', status?.podIP, space.cluster.nodeName, '<none>', '<none>'],
    ]);
  });

  it('is what kubectl wait waits for', async () => {
    const printed = await space.ok(['wait', 'pod/running', '--for=condition=Ready', '--timeout=30s']);
    assert.equal(printed, 'pod/running condition met\n');
  });

  it('shows a new image in that container alone, restarted', async () => {
    const before = (await space.ready('updated')).status?.containerStatuses ?? [];
    await space.ok(['set', 'image', 'pod/updated', 'main=nginx:latest']);
    const { metadata, status } = await space.until('updated', ({ status }) => {
      const main = status?.containerStatuses?.find(({ name }) => name === 'main');
      assert.deepEqual([main?.image, main?.ready, main?.restartCount], ['nginx:latest', true, 1]);
    });
    const idOf = (statuses: typeof before, name: string) => statuses.find((c) => c.name === name)?.containerID;
    assert.notEqual(idOf(status?.containerStatuses ?? [], 'main'), idOf(before, 'main'));
    assert.equal(idOf(status?.containerStatuses ?? [], 'other'), idOf(before, 'other'));
    assert.equal(status?.containerStatuses?.find(({ name }) => name === 'other')?.restartCount, 0);
    assert.equal(metadata.generation, 2);
    assert.equal(status?.observedGeneration, 2);
    await space.event('updated', /^Normal Killing Container main definition changed, will be restarted$/m);
    assert.match(await space.row('updated'), /^2\/2 Running 1 \(\d+s ago\)$/);
  });
});
