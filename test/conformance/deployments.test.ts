import assert from 'node:assert/strict';
import type { Deployment, ReplicaSet } from '../../src/api/types.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from './lib/kinds.ts';
import { deployment, isReady, ownerOf, podTemplate, replicaSet, sleepTemplate } from './lib/replicas.ts';

const LABELS = { app: 'web' };
const REVISION = 'deployment.kubernetes.io/revision';
/** Images that are made here, and one that nobody has. */
const [OLD, NEW, MISSING] = ['nginx:1.11', 'nginx:latest', 'nginx:404'];

/** Fails until every replica is of the newest template, available, and no other is left. @returns the Deployment */
async function complete(context: Context, name = 'web'): Promise<Deployment> {
  const { metadata, spec, status, ...rest } = await context.all(DEPLOYMENTS).get(name);
  const counts = [status?.observedGeneration, status?.updatedReplicas, status?.replicas, status?.availableReplicas];
  assert.deepEqual(counts, [metadata.generation, spec.replicas, spec.replicas, spec.replicas]);
  return { metadata, spec, status, ...rest };
}

function setImage(context: Context, image: string): Promise<Deployment> {
  return context.all(DEPLOYMENTS).edit('web', (before) => {
    const template = { ...before.spec.template, spec: podTemplate(LABELS, image).spec };
    return { ...before, spec: { ...before.spec, template } };
  });
}

/** The Deployment's ReplicaSets, oldest revision first. */
async function setsOf(context: Context): Promise<ReplicaSet[]> {
  const revision = ({ metadata }: ReplicaSet) => Number(metadata.annotations?.[REVISION] ?? 0);
  const { items } = await context.all(REPLICA_SETS).list();
  return items.toSorted((a, b) => revision(a) - revision(b));
}

function imageOf(set: ReplicaSet | undefined): string | undefined {
  return set?.spec.template.spec?.containers[0]?.image;
}

conformance(
  '[sig-apps] Deployment RollingUpdateDeployment should delete old pods and create new ones [Conformance]',
  async (context) => {
    // A ReplicaSet that was there first, with a revision far on.
    const revision = '3546343826724305832';
    const draft = replicaSet('earlier', 1, podTemplate(LABELS, OLD));
    const metadata = { ...draft.metadata, annotations: { [REVISION]: revision } };
    const earlier = await context.all(REPLICA_SETS).create({ ...draft, metadata });
    await context.eventually(async () => assert.ok((await context.all(PODS).list()).items.some(isReady)), 120_000);
    const made = await context.all(DEPLOYMENTS).create(deployment('web', podTemplate(LABELS, NEW)));
    const done = await context.eventually(() => complete(context), 120_000);
    assert.equal(done.metadata.annotations?.[REVISION], String(BigInt(revision) + 1n));
    const old = await context.all(REPLICA_SETS).get('earlier');
    assert.equal(ownerOf(old), made.metadata.uid, 'the older set is adopted');
    assert.equal(old.metadata.uid, earlier.metadata.uid);
    assert.equal(old.spec.replicas, 0);
    assert.equal((await context.all(REPLICA_SETS).list()).items.length, 2);
  },
);

conformance(
  '[sig-apps] Deployment RecreateDeployment should delete old pods and create new ones [Conformance]',
  async (context) => {
    const spec = { strategy: { type: 'Recreate' } } as const;
    await context.all(DEPLOYMENTS).create(deployment('web', podTemplate(LABELS, OLD), spec));
    await context.eventually(() => complete(context), 120_000);
    const watch = await context.all(PODS).watch();
    await setImage(context, NEW ?? '');
    await context.eventually(() => complete(context), 120_000);
    // No new pod runs before the last old one is gone.
    const gone = watch.received.findIndex(({ type }) => type === 'DELETED');
    const runs = watch.received.findIndex(
      ({ object }) => object.spec.containers[0]?.image === NEW && object.status?.phase === 'Running',
    );
    assert.ok(gone >= 0 && runs > gone, `gone ${gone}, runs ${runs}`);
  },
);

conformance('[sig-apps] Deployment deployment should delete old replica sets [Conformance]', async (context) => {
  const spec = { revisionHistoryLimit: 0 };
  await context.all(DEPLOYMENTS).create(deployment('web', podTemplate(LABELS, OLD), spec));
  await context.eventually(() => complete(context), 120_000);
  await setImage(context, NEW ?? '');
  await context.eventually(async () => {
    await complete(context);
    assert.deepEqual((await setsOf(context)).map(imageOf), [NEW]);
  }, 120_000);
});

conformance('[sig-apps] Deployment deployment should support rollover [Conformance]', async (context) => {
  const deployments = context.all(DEPLOYMENTS);
  await context.all(REPLICA_SETS).create(replicaSet('earlier', 1, podTemplate(LABELS, OLD)));
  await context.eventually(async () => assert.ok((await context.all(PODS).list()).items.some(isReady)), 120_000);
  const spec = {
    minReadySeconds: 10,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  } as const;
  await deployments.create(deployment('web', podTemplate(LABELS, MISSING), spec));
  await context.eventually(async () => assert.equal((await setsOf(context)).length, 2));
  // Before that is rolled out, which it never can be, another one takes over.
  await setImage(context, NEW ?? '');
  await context.eventually(() => complete(context), 180_000);
  const sets = await setsOf(context);
  assert.deepEqual(
    sets.map((set) => [imageOf(set), set.spec.replicas]).toSorted(),
    [
      [OLD, 0],
      [MISSING, 0],
      [NEW, 1],
    ].toSorted(),
  );
});

conformance(
  '[sig-apps] Deployment deployment should support proportional scaling [Conformance]',
  async (context) => {
    const deployments = context.all(DEPLOYMENTS);
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } as const;
    await deployments.create(deployment('web', podTemplate(LABELS, NEW), { replicas: 10, strategy }));
    await context.eventually(() => complete(context), 240_000);
    await setImage(context, MISSING ?? '');
    const sizes = async () => (await setsOf(context)).map(({ spec }) => spec.replicas);
    // 10 - 2 that may be unavailable, and 10 + 3 in all.
    await context.eventually(async () => {
      assert.deepEqual(await sizes(), [8, 5]);
      assert.equal((await deployments.get('web')).status?.availableReplicas, 8);
    });
    await deployments.edit('web', (before) => ({ ...before, spec: { ...before.spec, replicas: 30 } }));
    // 20 more, shared as 8 to 5: 8 + 12 and 5 + 8.
    await context.eventually(async () => assert.deepEqual(await sizes(), [20, 13]));
  },
  { timeoutMs: 420_000 },
);

conformance(
  '[sig-apps] Deployment Deployment should have a working scale subresource [Conformance]',
  async (context) => {
    const deployments = context.all(DEPLOYMENTS);
    await deployments.create(deployment('web', sleepTemplate(LABELS)));
    await context.eventually(() => complete(context), 120_000);
    const scale = await deployments.getScale('web');
    assert.equal(scale.spec?.replicas, 1);
    assert.equal(scale.status?.replicas, 1);
    assert.equal(scale.status?.selector, 'app=web');
    const { resourceVersion: _, ...metadata } = scale.metadata;
    assert.equal(
      (await deployments.updateScale('web', { ...scale, metadata, spec: { replicas: 2 } })).spec?.replicas,
      2,
    );
    assert.equal((await deployments.get('web')).spec.replicas, 2);
    assert.equal((await deployments.patchScale('web', { spec: { replicas: 4 } })).spec?.replicas, 4);
    assert.equal((await deployments.get('web')).spec.replicas, 4);
  },
);

conformance('[sig-apps] Deployment should run the lifecycle of a Deployment [Conformance]', async (context) => {
  const deployments = context.all(DEPLOYMENTS);
  const labels = { ...LABELS, which: context.unique('lifecycle') };
  const labelSelector = `which=${labels.which}`;
  const watch = await deployments.watch({ labelSelector });
  await deployments.create(deployment('web', podTemplate(labels, OLD), { replicas: 2 }));
  await watch.until(({ type }) => type === 'ADDED');
  await watch.until(({ object }) => object.status?.readyReplicas === 2, 120_000);
  const patch = {
    metadata: { labels: { patched: 'yes' } },
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', image: NEW }] } } },
  };
  await deployments.patch('web', patch, { type: 'strategic-merge' });
  await watch.until(({ object }) => object.metadata.labels?.patched === 'yes');
  await context.eventually(() => complete(context), 120_000);
  const listed = await context.everywhere(DEPLOYMENTS).list({ labelSelector });
  assert.equal(listed.items.length, 1);
  const updated = await deployments.edit('web', (before) => ({
    ...before,
    metadata: { ...before.metadata, annotations: { ...before.metadata.annotations, updated: 'yes' } },
    spec: { ...before.spec, replicas: 2 },
  }));
  assert.equal(updated.metadata.annotations?.updated, 'yes');
  await context.eventually(() => complete(context), 120_000);
  await deployments.patch('web', { status: { readyReplicas: 0, availableReplicas: 0 } }, { subresource: 'status' });
  await watch.until(({ object }) => !object.status?.readyReplicas);
  const { status } = await deployments.get('web', 'status');
  assert.equal(status?.replicas, 2);
  await context.eventually(async () => assert.equal((await deployments.get('web')).status?.readyReplicas, 2));
  await deployments.deleteCollection({ labelSelector });
  await watch.until(({ type }) => type === 'DELETED');
});

conformance('[sig-apps] Deployment should validate Deployment Status endpoints [Conformance]', async (context) => {
  const deployments = context.all(DEPLOYMENTS);
  await deployments.create(deployment('web', sleepTemplate(LABELS)));
  await context.eventually(() => complete(context), 120_000);
  const watch = await deployments.watch();
  const condition = { type: 'StatusUpdate', status: 'True', reason: 'Tested', message: 'set by an update' } as const;
  const has = ({ status }: Deployment, type: string) => status?.conditions?.some((each) => each.type === type) ?? false;
  await deployments.edit(
    'web',
    (before) => ({ ...before, status: { ...before.status, conditions: [condition] } }),
    'status',
  );
  await watch.until(({ object }) => has(object, 'StatusUpdate'));
  const patch = { status: { conditions: [{ ...condition, type: 'StatusPatched' }] } };
  assert.ok(has(await deployments.patch('web', patch, { subresource: 'status' }), 'StatusPatched'));
  await watch.until(({ object }) => has(object, 'StatusPatched'));
  assert.ok(has(await deployments.get('web', 'status'), 'StatusPatched'));
});
