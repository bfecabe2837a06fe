import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { PODS, REPLICATION_CONTROLLERS, RESOURCE_QUOTAS } from './lib/kinds.ts';
import { expectReady, ownerOf, podOf, podTemplate, replicationController, sleepTemplate } from './lib/replicas.ts';

const LABELS = { app: 'rc' };
const SELECTOR = 'app=rc';

conformance(
  '[sig-apps] ReplicationController should serve a basic image on each replica with a public image [Conformance]',
  async (context) => {
    await context.all(REPLICATION_CONTROLLERS).create(replicationController('rc', 1, podTemplate(LABELS)));
    const [pod] = await context.eventually(() => expectReady(context.all(PODS), SELECTOR, 1), 120_000);
    const path = `/api/v1/namespaces/${context.namespace}/pods/${pod?.metadata.name}/proxy/`;
    await context.eventually(async () => {
      const { code, text } = await context.connection.send('GET', path);
      assert.equal(code, 200, `the pod answers through the API server: ${text}`);
    }, 30_000);
  },
);

conformance(
  '[sig-apps] ReplicationController should adopt matching pods on creation [Conformance]',
  async (context) => {
    const pods = context.all(PODS);
    await pods.create(podOf('orphan', sleepTemplate(LABELS)));
    const made = await context
      .all(REPLICATION_CONTROLLERS)
      .create(replicationController('rc', 1, sleepTemplate(LABELS)));
    await context.eventually(async () => assert.equal(ownerOf(await pods.get('orphan')), made.metadata.uid));
    assert.equal((await pods.list()).items.length, 1);
  },
);

conformance(
  '[sig-apps] ReplicationController should release no longer matching pods [Conformance]',
  async (context) => {
    const pods = context.all(PODS);
    const made = await context
      .all(REPLICATION_CONTROLLERS)
      .create(replicationController('rc', 1, sleepTemplate(LABELS)));
    const pod = await context.eventually(async () => {
      const [first] = (await pods.list({ labelSelector: SELECTOR })).items;
      assert.ok(first && ownerOf(first) === made.metadata.uid);
      return first;
    });
    await pods.patch(pod.metadata.name, { metadata: { labels: { app: 'released' } } });
    await context.eventually(async () => {
      assert.equal(ownerOf(await pods.get(pod.metadata.name)), undefined);
      assert.equal((await pods.list({ labelSelector: SELECTOR })).items.length, 1);
    });
  },
);

conformance(
  '[sig-apps] ReplicationController should get and update a ReplicationController scale [Conformance]',
  async (context) => {
    const controllers = context.all(REPLICATION_CONTROLLERS);
    await controllers.create(replicationController('rc', 1, sleepTemplate(LABELS)));
    await context.eventually(async () => assert.equal((await controllers.get('rc')).status?.replicas, 1));
    const scale = await controllers.getScale('rc');
    assert.equal(scale.spec?.replicas, 1);
    const { resourceVersion: _, ...metadata } = scale.metadata;
    await controllers.updateScale('rc', { ...scale, metadata, spec: { replicas: 2 } });
    await context.eventually(async () => assert.equal((await controllers.get('rc')).status?.replicas, 2));
    assert.equal((await controllers.getScale('rc')).status?.replicas, 2);
  },
);

conformance(
  '[sig-apps] ReplicationController should surface a failure condition on a common issue like exceeded quota [Conformance]',
  async (context) => {
    const controllers = context.all(REPLICATION_CONTROLLERS);
    const quotas = context.all(RESOURCE_QUOTAS);
    await quotas.create({ metadata: { name: 'quota' }, spec: { hard: { pods: '2' } } });
    await context.eventually(async () => assert.equal((await quotas.get('quota')).status?.hard?.pods, '2'));
    await controllers.create(replicationController('rc', 3, sleepTemplate(LABELS)));
    const failure = async () =>
      (await controllers.get('rc')).status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    await context.eventually(async () => {
      const condition = await failure();
      assert.equal(condition?.status, 'True');
      assert.equal(condition?.reason, 'FailedCreate');
    });
    await controllers.patchScale('rc', { spec: { replicas: 2 } });
    await context.eventually(async () => assert.equal(await failure(), undefined));
  },
);

conformance(
  '[sig-apps] ReplicationController should test the lifecycle of a ReplicationController [Conformance]',
  async (context) => {
    const controllers = context.all(REPLICATION_CONTROLLERS);
    const labels = { app: 'rc', which: context.unique('lifecycle') };
    const labelSelector = `which=${labels.which}`;
    const watch = await controllers.watch({ labelSelector });
    await controllers.create(replicationController('rc', 1, sleepTemplate(labels)));
    await watch.until(({ type }) => type === 'ADDED');
    await watch.until(({ object }) => object.status?.readyReplicas === 1, 120_000);
    await controllers.patch('rc', { metadata: { labels: { patched: 'yes' } } }, { type: 'strategic-merge' });
    await watch.until(({ object }) => object.metadata.labels?.patched === 'yes');
    // The controller may set it right at once, so the watch is what tells that it was written.
    await controllers.patch('rc', { status: { readyReplicas: 0, availableReplicas: 0 } }, { subresource: 'status' });
    await watch.until(({ object }) => !object.status?.readyReplicas);
    assert.equal((await controllers.get('rc', 'status')).kind, 'ReplicationController');
    await controllers.patchScale('rc', { spec: { replicas: 2 } });
    await watch.until(({ object }) => object.spec.replicas === 2 && object.status?.readyReplicas === 2, 120_000);
    const listed = await context.everywhere(REPLICATION_CONTROLLERS).list({ labelSelector });
    assert.equal(listed.items.length, 1);
    await controllers.edit('rc', (before) => ({ ...before, spec: { ...before.spec, replicas: 1 } }));
    await watch.until(({ object }) => object.spec.replicas === 1 && object.status?.readyReplicas === 1);
    await controllers.deleteCollection({ labelSelector });
    await watch.until(({ type }) => type === 'DELETED');
  },
);
