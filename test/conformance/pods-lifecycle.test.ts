import assert from 'node:assert/strict';
import type { Pod } from '../../src/api/types.ts';
import { IDLE, pod, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { PODS } from './lib/kinds.ts';
import { condition, Pods, restarts, stateOf } from './lib/pods.ts';

const NODE = '[Conformance] [NodeConformance]';

const labelled = (made: Pod, labels: Record<string, string>): Pod => ({
  ...made,
  metadata: { ...made.metadata, labels },
});

conformance(`[sig-node] Pods should be submitted and removed ${NODE}`, async (context) => {
  const pods = new Pods(context);
  const query = { labelSelector: 'time=now' };
  const before = await pods.all.list(query);
  assert.equal(before.items.length, 0);
  const watch = await pods.all.watch({ ...query, resourceVersion: before.metadata.resourceVersion });
  await pods.create(labelled(script('main', IDLE, { terminationGracePeriodSeconds: 30 }), { time: 'now' }));
  assert.equal((await watch.next()).type, 'ADDED');
  await pods.ready('main');
  assert.deepEqual(
    (await pods.all.list(query)).items.map(({ metadata }) => metadata.name),
    ['main'],
  );

  await pods.all.delete('main');
  const asked = await watch.until(({ object }) => object.metadata.deletionTimestamp !== undefined);
  assert.equal(asked.type, 'MODIFIED');
  assert.equal(asked.object.metadata.deletionGracePeriodSeconds, 30);
  const gone = await watch.until(({ type }) => type === 'DELETED');
  assert.ok(gone.object.metadata.deletionTimestamp);
  assert.ok(gone.object.spec.terminationGracePeriodSeconds !== undefined);
  assert.equal((await pods.all.list(query)).items.length, 0);
});

conformance(`[sig-node] Pods should be updated ${NODE}`, async (context) => {
  const pods = new Pods(context);
  await pods.create(labelled(script('main', IDLE), { time: 'one' }));
  await pods.ready('main');
  const changed = await pods.all.edit('main', (now) => labelled(now, { time: 'two' }));
  assert.equal(changed.metadata.labels?.time, 'two');
  const { items } = await pods.all.list({ labelSelector: 'time=two' });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.uid),
    [changed.metadata.uid],
  );
  assert.equal((await pods.all.list({ labelSelector: 'time=one' })).items.length, 0);
});

conformance(`[sig-node] Pods should allow activeDeadlineSeconds to be updated ${NODE}`, async (context) => {
  const pods = new Pods(context);
  await pods.create(script('main', IDLE));
  await pods.ready('main');
  await pods.all.edit('main', (now) => ({ ...now, spec: { ...now.spec, activeDeadlineSeconds: 5 } }));
  const { status } = await pods.phase('main', 'Failed');
  assert.equal(status?.reason, 'DeadlineExceeded');
});

conformance(`[sig-node] Pods should get a host IP ${NODE}`, async (context) => {
  const pods = new Pods(context);
  await pods.create(script('main', IDLE));
  const { status } = await pods.ready('main');
  assert.match(status?.hostIP ?? '', /^\d+\.\d+\.\d+\.\d+$/);
  assert.equal(status?.hostIPs?.[0]?.ip, status?.hostIP);
});

conformance('[sig-node] Pods should delete a collection of pods [Conformance]', async (context) => {
  const pods = new Pods(context);
  const names = ['test-pod-1', 'test-pod-2', 'test-pod-3'];
  for (const name of names) await pods.create(labelled(script(name, IDLE), { type: 'Testing' }));
  await pods.create(labelled(script('other', IDLE), { type: 'Other' }));
  for (const name of names) await pods.phase(name, 'Running');
  await pods.all.deleteCollection({ labelSelector: 'type=Testing' });
  for (const name of names) await context.gone(pods.all, name);
  assert.equal((await pods.get('other')).metadata.deletionTimestamp, undefined);
});

conformance('[sig-node] Pods should patch a pod status [Conformance]', async (context) => {
  const pods = new Pods(context);
  await pods.create(script('main', IDLE));
  await pods.ready('main');
  const patch = {
    metadata: { annotations: { patchedstatus: 'true' } },
    status: { message: 'Patched', reason: 'Test' },
  };
  const patched = await pods.all.patch('main', patch, { type: 'strategic-merge', subresource: 'status' });
  assert.deepEqual([patched.status?.message, patched.status?.reason], ['Patched', 'Test']);
  assert.equal(patched.metadata.annotations?.patchedstatus, 'true');
  assert.ok((patched.status?.conditions?.length ?? 0) > 0, 'the patch took the conditions away');
});

conformance('[sig-node] Pods should run through the lifecycle of Pods and PodStatus [Conformance]', async (context) => {
  const pods = new Pods(context);
  const labels = { 'test-pod-static': 'true' };
  const watch = await pods.all.watch({ labelSelector: 'test-pod-static=true' });
  await pods.create(labelled(pod('main', { name: 'main', image: 'nginx:latest' }), labels));
  assert.equal((await watch.next()).type, 'ADDED');
  await watch.until(({ object }) => condition(object, 'Ready')?.status === 'True', 60_000);

  const image = {
    metadata: { labels: { ...labels, 'test-pod': 'patched' } },
    spec: { containers: [{ name: 'main', image: 'nginx:1.11' }] },
  };
  const patched = await pods.all.patch('main', image, { type: 'strategic-merge' });
  assert.equal(patched.metadata.labels?.['test-pod'], 'patched');
  assert.equal(patched.spec.containers[0]?.image, 'nginx:1.11');
  await watch.until(({ object }) => object.metadata.labels?.['test-pod'] === 'patched');

  // The node's report comes after it, so what the API took is what counts.
  const notReady = (now: Pod): Pod => ({
    ...now,
    status: {
      ...now.status,
      conditions: now.status?.conditions?.map((each) => (each.type === 'Ready' ? { ...each, status: 'False' } : each)),
    },
  });
  const replaced = await pods.all.edit('main', notReady, 'status');
  assert.equal(condition(replaced, 'Ready')?.status, 'False');
  assert.equal(replaced.spec.containers[0]?.image, 'nginx:1.11');
  const read = await pods.all.get('main', 'status');
  assert.equal(read.metadata.uid, replaced.metadata.uid);

  const everywhere = await context.everywhere(PODS).list({ labelSelector: 'test-pod-static=true' });
  assert.ok(everywhere.items.some(({ metadata }) => metadata.uid === read.metadata.uid));
  await pods.all.deleteCollection({ labelSelector: 'test-pod-static=true' });
  await watch.until(({ type }) => type === 'DELETED', 60_000);
});

conformance(
  '[sig-node] Pods Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits for memory and cpu [Conformance]',
  async (context) => {
    const amounts = { cpu: '100m', memory: '100Mi' };
    const made = script('main', IDLE, {}, { resources: { limits: amounts, requests: amounts } });
    const pods = new Pods(context);
    assert.equal((await pods.create(made)).status?.qosClass, 'Guaranteed');
    assert.equal((await pods.get('main')).status?.qosClass, 'Guaranteed');
  },
);

const FAILS = script('main', 'exit 3', { restartPolicy: 'Always' });

conformance(
  `[sig-node] Kubelet when scheduling a busybox command that always fails in a pod should have an terminated reason ${NODE}`,
  async (context) => {
    const pods = new Pods(context);
    await pods.create(FAILS);
    await pods.until('main', (seen) => {
      const terminated = stateOf(seen).terminated ?? seen.status?.containerStatuses?.[0]?.lastState?.terminated;
      assert.deepEqual([terminated?.exitCode, terminated?.reason], [3, 'Error']);
    });
  },
);

conformance(
  `[sig-node] Kubelet when scheduling a busybox command that always fails in a pod should be possible to delete ${NODE}`,
  async (context) => {
    const pods = new Pods(context);
    await pods.create(FAILS);
    await pods.until('main', (seen) => assert.ok(restarts(seen) > 0, 'not restarted'));
    await pods.remove('main');
  },
);
