import assert from 'node:assert/strict';
import type { KubeObject, Pod, ReplicationController } from '../../src/api/types.ts';
import type { Collection } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS } from './lib/kinds.ts';
import {
  deployment,
  isOwnedBy,
  type Labels,
  podOf,
  reference,
  replicationController,
  sleepTemplate,
} from './lib/replicas.ts';

const LABELS = { app: 'gc' };

/** A ReplicationController whose pods have all been made. */
async function controllerOf(
  context: Context,
  { name, replicas, labels = LABELS }: { name: string; replicas: number; labels?: Labels },
): Promise<{ rcs: Collection<ReplicationController>; rc: ReplicationController; pods: Collection<Pod> }> {
  const rcs = context.all(REPLICATION_CONTROLLERS);
  const pods = context.all(PODS);
  const rc = await rcs.create(replicationController(name, replicas, sleepTemplate(labels)));
  await context.eventually(async () => assert.equal((await pods.list()).items.filter(isOwnedBy(rc)).length, replicas));
  return { rcs, rc, pods };
}

/** Fails as soon as the check does, within these milliseconds. */
async function staysSo(check: () => Promise<void>, forMs: number): Promise<void> {
  for (const end = Date.now() + forMs; Date.now() < end; ) {
    await check();
    await new Promise((done) => setTimeout(done, 250));
  }
}

conformance(
  '[sig-api-machinery] Garbage collector should delete pods created by rc when not orphaning [Conformance]',
  async (context) => {
    const { rcs, pods } = await controllerOf(context, { name: 'rc', replicas: 3 });
    await rcs.delete('rc', { propagationPolicy: 'Background' });
    await context.gone(rcs, 'rc');
    await context.eventually(async () => assert.deepEqual((await pods.list()).items, []), 120_000);
  },
);

conformance(
  '[sig-api-machinery] Garbage collector should orphan pods created by rc if delete options say so [Conformance]',
  async (context) => {
    // Many, so that some of them would be gone already when the controller's deletion were not to orphan.
    const { rcs, rc, pods } = await controllerOf(context, { name: 'rc', replicas: 20 });
    await rcs.delete('rc', { propagationPolicy: 'Orphan' });
    await context.gone(rcs, 'rc');
    await staysSo(async () => assert.equal((await pods.list()).items.length, 20), 10_000);
    const { items } = await pods.list();
    assert.ok(items.every((pod) => !isOwnedBy(rc)(pod) && !pod.metadata.deletionTimestamp));
  },
);

conformance(
  '[sig-api-machinery] Garbage collector should delete RS created by deployment when not orphaning [Conformance]',
  async (context) => {
    const deployments = context.all(DEPLOYMENTS);
    const sets = context.all(REPLICA_SETS);
    await deployments.create(deployment('web', sleepTemplate(LABELS), { replicas: 2 }));
    await context.eventually(async () => assert.equal((await sets.list()).items.length, 1));
    await deployments.delete('web', { propagationPolicy: 'Background' });
    await context.gone(deployments, 'web');
    await context.eventually(async () => {
      assert.deepEqual((await sets.list()).items, []);
      assert.deepEqual((await context.all(PODS).list()).items, []);
    }, 120_000);
  },
);

conformance(
  '[sig-api-machinery] Garbage collector should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan [Conformance]',
  async (context) => {
    const deployments = context.all(DEPLOYMENTS);
    const sets = context.all(REPLICA_SETS);
    const made = await deployments.create(deployment('web', sleepTemplate(LABELS), { replicas: 2 }));
    await context.eventually(async () => assert.equal((await sets.list()).items.length, 1));
    await deployments.delete('web', { propagationPolicy: 'Orphan' });
    await context.gone(deployments, 'web');
    await staysSo(async () => assert.equal((await sets.list()).items.length, 1), 5_000);
    const { items } = await sets.list();
    assert.ok(items.every((set) => !isOwnedBy(made)(set)));
  },
);

conformance(
  '[sig-api-machinery] Garbage collector should keep the rc around until all its pods are deleted if the deleteOptions says so [Conformance]',
  async (context) => {
    const { rcs, rc, pods } = await controllerOf(context, { name: 'rc', replicas: 5 });
    // One pod is held, to see that the controller waits for it.
    const held = (await pods.list()).items[0]?.metadata.name ?? '';
    await pods.patch(held, { metadata: { finalizers: ['conformance.example.com/held'] } });
    await rcs.delete('rc', { propagationPolicy: 'Foreground' });
    const deleted = await rcs.get('rc');
    assert.ok(deleted.metadata.deletionTimestamp);
    assert.ok(deleted.metadata.finalizers?.includes('foregroundDeletion'));
    await context.eventually(async () => {
      const { items } = await pods.list();
      assert.deepEqual(
        items.filter(isOwnedBy(rc)).map(({ metadata }) => metadata.name),
        [held],
      );
    }, 120_000);
    assert.equal((await rcs.get('rc')).metadata.uid, rc.metadata.uid);
    await pods.patch(held, { metadata: { finalizers: null } });
    await context.gone(rcs, 'rc');
    assert.deepEqual((await pods.list()).items.filter(isOwnedBy(rc)), []);
  },
);

conformance(
  "[sig-api-machinery] Garbage collector should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted [Conformance]",
  async (context) => {
    const { rcs, rc, pods } = await controllerOf(context, { name: 'going', replicas: 6 });
    const stays = await rcs.create(replicationController('staying', 0, sleepTemplate({ app: 'staying' })));
    const both = (await pods.list()).items.slice(0, 3).map(({ metadata }) => metadata.name);
    const op = { op: 'add', path: '/metadata/ownerReferences/-', value: reference(stays) };
    for (const name of both) await pods.patch(name, [op], { type: 'json' });
    await rcs.delete('going', { propagationPolicy: 'Foreground' });
    await context.gone(rcs, 'going', 120_000);
    await context.eventually(async () => {
      const { items } = await pods.list();
      assert.deepEqual(items.map(({ metadata }) => metadata.name).toSorted(), both.toSorted());
      assert.ok(items.every((pod) => isOwnedBy(stays)(pod) && !isOwnedBy(rc)(pod) && !pod.metadata.deletionTimestamp));
    });
  },
);

conformance(
  '[sig-api-machinery] Garbage collector should not be blocked by dependency circle [Conformance]',
  async (context) => {
    const pods = context.all(PODS);
    const made: KubeObject[] = [];
    for (const name of ['one', 'two', 'three']) made.push(await pods.create(podOf(name, sleepTemplate(LABELS))));
    for (const [index, { metadata }] of made.entries()) {
      const owner = made[(index + made.length - 1) % made.length];
      assert.ok(owner);
      const ownerReferences = [reference(owner, { controller: true, blockOwnerDeletion: true })];
      await pods.patch(metadata.name, { metadata: { ownerReferences } });
    }
    await pods.delete('one', { propagationPolicy: 'Foreground' });
    await context.eventually(async () => assert.deepEqual((await pods.list()).items, []), 90_000);
  },
);
