import assert from 'node:assert/strict';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { NODES, STATEFUL_SETS } from './lib/kinds.ts';
import { consistently } from './lib/pods.ts';
import { LABELS, revisionOf, Stateful } from './lib/stateful.ts';
import { idleTemplate } from './lib/workloads.ts';

const named = (behaviour: string, tags = '[Conformance]') =>
  `[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] ${behaviour} ${tags}`;

conformance(
  named('Scaling should happen in predictable order and halt if any stateful pod is unhealthy', '[Conformance] [Slow]'),
  async (context) => {
    const set = new Stateful(context);
    const watch = await set.pods.all.watch({ labelSelector: 'foo=bar' });
    await set.create(1);
    await set.ready(1);
    await set.setWell('ss-0', false);
    await set.edit(() => ({ replicas: 3 }));
    await consistently(async () => assert.equal((await set.list()).length, 1), 10_000);
    await set.setWell('ss-0', true);
    await set.ready(3);

    // The last one must wait for those before it, unless it is the only one that is unwell.
    const names = ['ss-0', 'ss-1', 'ss-2'];
    for (const name of names) await set.setWell(name, false);
    await set.edit(() => ({ replicas: 0 }));
    await consistently(async () => assert.equal((await set.list()).length, 3), 10_000);
    for (const name of names) await set.heal(name);
    await set.ready(0);
    const order = (type: string) =>
      watch.received.filter((event) => event.type === type).map(({ object }) => object.metadata.name);
    assert.deepEqual(order('ADDED'), ['ss-0', 'ss-1', 'ss-2']);
    await context.eventually(() => assert.deepEqual(order('DELETED'), ['ss-2', 'ss-1', 'ss-0']));
  },
);

conformance(
  named('Burst scaling should run to completion even with unhealthy pods', '[Conformance] [Slow]'),
  async (context) => {
    const set = new Stateful(context);
    await set.create(1, { podManagementPolicy: 'Parallel' });
    await set.ready(1);
    await set.setWell('ss-0', false);
    await set.edit(() => ({ replicas: 3 }));
    await context.eventually(async () => assert.equal((await set.get()).status?.readyReplicas, 2));
    await set.setWell('ss-0', true);
    await set.ready(3);
    for (const nr of [0, 1, 2]) await set.setWell(`ss-${nr}`, false);
    await set.edit(() => ({ replicas: 0 }));
    await set.ready(0);
  },
);

conformance(named('should perform rolling updates and roll backs of template modifications'), async (context) => {
  const set = new Stateful(context);
  await set.create(3);
  const [pod] = await set.ready(3);
  const first = revisionOf(pod ?? assert.fail('no pod'));
  await set.revisions([first, first, first]);
  assert.deepEqual(
    [first, first],
    [(await set.get()).status?.currentRevision, (await set.get()).status?.updateRevision],
  );

  // One that never becomes ready again by itself holds up nothing: the new template heals it.
  await set.setWell('ss-1', false);
  const watch = await set.pods.all.watch({ labelSelector: 'foo=bar' });
  await set.changeTemplate('two');
  const second = await context.eventually(async () => {
    const { status } = await set.get();
    assert.notEqual(status?.updateRevision, first);
    return status?.updateRevision;
  });
  await set.heal('ss-1');
  await set.revisions([second, second, second]);
  await context.eventually(async () => assert.equal((await set.get()).status?.currentRevision, second));
  const gone = watch.received.filter(({ type }) => type === 'DELETED').map(({ object }) => object.metadata.name);
  assert.deepEqual(gone, ['ss-2', 'ss-1', 'ss-0']);

  await set.edit(({ spec }) => {
    const { template } = spec;
    const containers = template.spec.containers.map(({ env: _env, ...each }) => each);
    return { template: { ...template, spec: { ...template.spec, containers } } };
  });
  await set.revisions([first, first, first]);
  await context.eventually(async () => assert.equal((await set.get()).status?.currentRevision, first));
});

conformance(
  named('should perform canary updates and phased rolling updates of template modifications'),
  async (context) => {
    const set = new Stateful(context);
    const from = (partition: number) => ({
      updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate: { partition } },
    });
    await set.create(3, from(3));
    const [pod] = await set.ready(3);
    const first = revisionOf(pod ?? assert.fail('no pod'));
    await set.changeTemplate('two');
    const second = await context.eventually(async () => {
      const { updateRevision } = (await set.get()).status ?? {};
      assert.notEqual(updateRevision, first);
      return updateRevision;
    });
    await consistently(async () => set.revisions([first, first, first]), 5_000);

    await set.edit(() => from(2));
    await set.revisions([first, first, second]);
    // Made again, each is of the revision of its side of the partition.
    for (const name of ['ss-0', 'ss-2']) await set.pods.all.delete(name);
    await set.revisions([first, first, second]);
    for (const [partition, expected] of [
      [1, [first, second, second]],
      [0, [second, second, second]],
    ] as const) {
      await set.edit(() => from(partition));
      await set.revisions(expected);
    }
    await context.eventually(async () => {
      const { status } = await set.get();
      assert.deepEqual([status?.currentRevision, status?.updatedReplicas], [second, 3]);
    });
  },
);

conformance(named('Should recreate evicted statefulset'), async (context) => {
  const set = new Stateful(context);
  const { items } = await context.everywhere(NODES).list();
  const nodeName = items[0]?.metadata.name;
  const ports = [{ containerPort: 21017, hostPort: 21017 }];
  await set.pods.create(script('test-pod', IDLE, { nodeName }, { ports }));
  await set.pods.ready('test-pod');
  const template = idleTemplate(LABELS, { ports });
  const watch = await set.pods.all.watch({ labelSelector: 'foo=bar' });
  // Bound by its template, it never asks the scheduler whether the port is free.
  await set.create(1, { template: { ...template, spec: { ...template.spec, nodeName } } });
  const failed = await watch.until(({ object }) => object.status?.phase === 'Failed', 60_000);
  await watch.until(({ type }) => type === 'DELETED', 60_000);
  await set.pods.remove('test-pod');
  const [pod] = await set.ready(1);
  assert.notEqual(pod?.metadata.uid, failed.object.metadata.uid);
});

conformance(named('should have a working scale subresource'), async (context) => {
  const set = new Stateful(context);
  await set.create(1);
  await set.ready(1);
  const scale = await set.sets.getScale('ss');
  assert.deepEqual([scale.spec?.replicas, scale.status?.replicas], [1, 1]);
  const updated = await set.sets.updateScale('ss', { ...scale, spec: { replicas: 2 } });
  assert.equal(updated.spec?.replicas, 2);
  assert.equal((await set.get()).spec.replicas, 2);
  await set.sets.patchScale('ss', { spec: { replicas: 4 } });
  assert.equal((await set.get()).spec.replicas, 4);
});

conformance(named('should list, patch and delete a collection of StatefulSets'), async (context) => {
  const set = new Stateful(context);
  await set.create(2);
  await set.ready(2);
  const patch = { metadata: { labels: { test: 'patched', run: context.namespace } }, spec: { replicas: 1 } };
  const patched = await set.sets.patch('ss', patch, { type: 'strategic-merge' });
  assert.deepEqual([patched.metadata.labels?.test, patched.spec.replicas], ['patched', 1]);
  await set.ready(1);
  const query = { labelSelector: `run=${context.namespace}` };
  assert.equal((await context.everywhere(STATEFUL_SETS).list(query)).items.length, 1);
  await set.sets.deleteCollection(query, { gracePeriodSeconds: 0 });
  await context.gone(set.sets, 'ss');
});

conformance(named('should validate Statefulset Status endpoints'), async (context) => {
  const set = new Stateful(context);
  const watch = await set.sets.watch();
  await set.create(1);
  await set.ready(1);
  assert.equal((await set.sets.get('ss', 'status')).status?.readyReplicas, 1);
  const at = (type: string, message: string) => ({ type, status: 'True' as const, reason: 'E2E', message });
  await set.sets.edit(
    'ss',
    (now) => ({ ...now, status: { replicas: 1, ...now.status, conditions: [at('StatusUpdate', 'Set by a test')] } }),
    'status',
  );
  await watch.until(({ object }) => object.status?.conditions?.some(({ type }) => type === 'StatusUpdate') === true);
  const patch = { status: { conditions: [at('StatusPatched', 'Patched by a test')] } };
  const patched = await set.sets.patch('ss', patch, { subresource: 'status' });
  assert.deepEqual(
    patched.status?.conditions?.map(({ type }) => type),
    ['StatusPatched'],
  );
  await watch.until(({ object }) => object.status?.conditions?.some(({ type }) => type === 'StatusPatched') === true);
});
