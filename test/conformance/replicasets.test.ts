import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { PODS, REPLICA_SETS } from './lib/kinds.ts';
import { expectReady, isOwnedBy, ownerOf, podOf, podTemplate, replicaSet, sleepTemplate } from './lib/replicas.ts';

const LABELS = { app: 'set' };
const SELECTOR = 'app=set';

conformance(
  '[sig-apps] ReplicaSet should serve a basic image on each replica with a public image [Conformance]',
  async (context) => {
    await context.all(REPLICA_SETS).create(replicaSet('set', 1, podTemplate(LABELS)));
    const [pod] = await context.eventually(() => expectReady(context.all(PODS), SELECTOR, 1), 120_000);
    assert.ok(pod?.status?.podIP);
    const { connection, namespace } = context;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/proxy/`;
    await context.eventually(async () => {
      const { code, text } = await connection.send('GET', path);
      assert.equal(code, 200, `the pod answers through the API server: ${text}`);
      assert.match(text, /nginx/);
    }, 30_000);
  },
);

conformance(
  '[sig-apps] ReplicaSet should adopt matching pods on creation and release no longer matching pods [Conformance]',
  async (context) => {
    const pods = context.all(PODS);
    const sets = context.all(REPLICA_SETS);
    await pods.create(podOf('orphan', sleepTemplate(LABELS)));
    const set = await sets.create(replicaSet('set', 1, sleepTemplate(LABELS)));
    await context.eventually(async () => assert.equal(ownerOf(await pods.get('orphan')), set.metadata.uid));
    assert.equal((await pods.list()).items.length, 1, 'the adopted pod is the replica');
    await pods.patch('orphan', { metadata: { labels: { app: 'released' } } });
    await context.eventually(async () => {
      assert.equal(ownerOf(await pods.get('orphan')), undefined);
      assert.equal((await pods.list({ labelSelector: SELECTOR })).items.length, 1, 'another pod takes its place');
    });
  },
);

conformance(
  '[sig-apps] ReplicaSet Replicaset should have a working scale subresource [Conformance]',
  async (context) => {
    const sets = context.all(REPLICA_SETS);
    await sets.create(replicaSet('set', 1, sleepTemplate(LABELS)));
    await context.eventually(() => expectReady(context.all(PODS), SELECTOR, 1), 120_000);
    const scale = await sets.getScale('set');
    assert.equal(scale.spec?.replicas, 1);
    assert.equal(scale.status?.replicas, 1);
    assert.equal(scale.status?.selector, SELECTOR);
    const { resourceVersion: _, ...metadata } = scale.metadata;
    assert.equal((await sets.updateScale('set', { ...scale, metadata, spec: { replicas: 2 } })).spec?.replicas, 2);
    assert.equal((await sets.get('set')).spec.replicas, 2);
    assert.equal((await sets.patchScale('set', { spec: { replicas: 4 } })).spec?.replicas, 4);
    assert.equal((await sets.get('set')).spec.replicas, 4);
  },
);

conformance('[sig-apps] ReplicaSet Replace and Patch tests [Conformance]', async (context) => {
  const sets = context.all(REPLICA_SETS);
  const pods = context.all(PODS);
  const template = sleepTemplate(LABELS);
  await pods.create(podOf('orphan', template));
  const set = await sets.create(replicaSet('set', 1, template));
  await context.eventually(async () => assert.equal(ownerOf(await pods.get('orphan')), set.metadata.uid));
  await sets.edit('set', (before) => ({ ...before, spec: { ...before.spec, replicas: 2 } }));
  await context.eventually(async () => {
    await expectReady(pods, SELECTOR, 2);
    assert.equal((await sets.get('set')).status?.readyReplicas, 2);
  }, 120_000);
  const patch = {
    metadata: { labels: { patched: 'yes' } },
    spec: { replicas: 3, template: { spec: { terminationGracePeriodSeconds: 0 } } },
  };
  const patched = await sets.patch('set', patch, { type: 'strategic-merge' });
  assert.equal(patched.metadata.labels?.patched, 'yes');
  assert.equal(patched.spec.template.spec?.terminationGracePeriodSeconds, 0);
  await context.eventually(async () => assert.equal((await sets.get('set')).status?.readyReplicas, 3), 120_000);
});

conformance(
  '[sig-apps] ReplicaSet should list and delete a collection of ReplicaSets [Conformance]',
  async (context) => {
    const sets = context.all(REPLICA_SETS);
    await sets.create(replicaSet('set', 3, sleepTemplate(LABELS)));
    await context.eventually(() => expectReady(context.all(PODS), SELECTOR, 3), 120_000);
    const listed = await context.everywhere(REPLICA_SETS).list({ labelSelector: SELECTOR });
    assert.deepEqual(
      listed.items
        .filter(({ metadata }) => metadata.namespace === context.namespace)
        .map(({ metadata }) => metadata.name),
      ['set'],
    );
    await sets.deleteCollection({ labelSelector: SELECTOR });
    await context.eventually(async () => assert.deepEqual((await sets.list({ labelSelector: SELECTOR })).items, []));
  },
);

conformance('[sig-apps] ReplicaSet should validate Replicaset Status endpoints [Conformance]', async (context) => {
  const sets = context.all(REPLICA_SETS);
  const set = await sets.create(replicaSet('set', 1, sleepTemplate(LABELS)));
  await context.eventually(async () => {
    await expectReady(context.all(PODS), SELECTOR, 1);
    const { status } = await sets.get('set');
    assert.deepEqual([status?.replicas, status?.readyReplicas, status?.availableReplicas], [1, 1, 1]);
  }, 120_000);
  const watch = await sets.watch({ labelSelector: SELECTOR });
  const condition = { type: 'StatusUpdate', status: 'True', reason: 'Tested', message: 'set by an update' } as const;
  const conditionsOf = (type: string) => (object: typeof set) =>
    object.status?.conditions?.some((each) => each.type === type);
  await sets.edit(
    'set',
    (before) => ({ ...before, status: { replicas: 1, ...before.status, conditions: [condition] } }),
    'status',
  );
  await watch.until(({ object }) => conditionsOf('StatusUpdate')(object) === true);
  assert.ok((await context.all(PODS).list()).items.every(isOwnedBy(set)));
  await sets.patch(
    'set',
    { status: { conditions: [{ ...condition, type: 'StatusPatched' }] } },
    { subresource: 'status' },
  );
  await watch.until(({ object }) => conditionsOf('StatusPatched')(object) === true);
  assert.equal(conditionsOf('StatusPatched')(await sets.get('set', 'status')), true);
});
