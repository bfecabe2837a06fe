import assert from 'node:assert/strict';
import type { PodDisruptionBudget } from '../../src/api/types.ts';
import { type Draft, isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from './lib/kinds.ts';
import { isReady, podOf, sleepTemplate } from './lib/replicas.ts';

const LABELS = { app: 'budgeted' };
const SELECTOR = 'app=budgeted';

function budget(spec: Partial<PodDisruptionBudget['spec']>): Draft<PodDisruptionBudget> {
  return { metadata: { name: 'budget', labels: LABELS }, spec: { selector: { matchLabels: LABELS }, ...spec } };
}

/** Ready pods that the budget selects. */
async function readyPods(context: Context, ...names: string[]): Promise<void> {
  const pods = context.all(PODS);
  for (const name of names) await pods.create(podOf(name, sleepTemplate(LABELS)));
  await context.eventually(async () => assert.ok((await pods.list()).items.every(isReady)), 120_000);
}

/** Fails until the disruption controller has seen the budget as it is now. @returns it */
async function observed(context: Context): Promise<PodDisruptionBudget> {
  const { metadata, ...rest } = await context.all(POD_DISRUPTION_BUDGETS).get('budget');
  assert.equal(rest.status?.observedGeneration, metadata.generation);
  return { metadata, ...rest };
}

function evict(context: Context, name: string): Promise<unknown> {
  const { namespace } = context;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  return context.send('POST', context.all(PODS).path(name, 'eviction'), { body });
}

conformance('[sig-apps] DisruptionController should create a PodDisruptionBudget [Conformance]', async (context) => {
  const budgets = context.all(POD_DISRUPTION_BUDGETS);
  await budgets.create(budget({ minAvailable: '1%' }));
  await context.eventually(() => observed(context));
  const updated = await budgets.edit('budget', (before) => ({
    ...before,
    spec: { ...before.spec, minAvailable: '2%' },
  }));
  assert.equal(updated.spec.minAvailable, '2%');
  await context.eventually(() => observed(context));
  const patched = await budgets.patch('budget', { spec: { minAvailable: '3%' } }, { type: 'strategic-merge' });
  assert.equal(patched.spec.minAvailable, '3%');
  await context.eventually(() => observed(context));
  await budgets.delete('budget');
  await context.gone(budgets, 'budget');
});

conformance(
  '[sig-apps] DisruptionController Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets [Conformance]',
  async (context) => {
    const other = context.in((await context.newNamespace()).metadata.name, POD_DISRUPTION_BUDGETS);
    const budgets = context.all(POD_DISRUPTION_BUDGETS);
    const which = context.unique('budget');
    const named = (name: string): Draft<PodDisruptionBudget> => ({
      ...budget({ minAvailable: '2%' }),
      metadata: { name, labels: { which } },
    });
    for (const name of ['one', 'two']) await budgets.create(named(name));
    await other.create(named('three'));
    const labelSelector = `which=${which}`;
    const everywhere = context.everywhere(POD_DISRUPTION_BUDGETS);
    assert.equal((await everywhere.list({ labelSelector })).items.length, 3);
    assert.equal((await budgets.list({ labelSelector })).items.length, 2);
    await budgets.deleteCollection({ labelSelector });
    assert.deepEqual((await budgets.list({ labelSelector })).items, []);
    assert.equal((await everywhere.list({ labelSelector })).items.length, 1);
  },
);

conformance(
  '[sig-apps] DisruptionController should observe PodDisruptionBudget status updated [Conformance]',
  async (context) => {
    await context.all(POD_DISRUPTION_BUDGETS).create(budget({ minAvailable: 1 }));
    await readyPods(context, 'pod-0', 'pod-1', 'pod-2');
    await context.eventually(async () => {
      const { status } = await observed(context);
      assert.equal(status?.currentHealthy, 3);
      assert.equal(status.expectedPods, 3);
      assert.equal(status.disruptionsAllowed, 2);
    });
  },
);

conformance(
  '[sig-apps] DisruptionController should update/patch PodDisruptionBudget status [Conformance]',
  async (context) => {
    const budgets = context.all(POD_DISRUPTION_BUDGETS);
    await readyPods(context, 'pod');
    await budgets.create(budget({ minAvailable: 1 }));
    const watch = await budgets.watch();
    await context.eventually(async () => assert.equal((await observed(context)).status?.expectedPods, 1));
    const disruptedPods = { pod: '2026-01-02T03:04:05Z' };
    // The controller takes back what does not hold, so the watch is what tells that it was written.
    const updated = await budgets.edit(
      'budget',
      (before) => ({ ...before, status: { ...before.status, disruptedPods } as PodDisruptionBudget['status'] }),
      'status',
    );
    assert.deepEqual(updated.status?.disruptedPods, disruptedPods);
    await watch.until(({ object }) => object.status?.disruptedPods?.pod !== undefined);
    const again = { 'conformance-pod': '2026-01-02T03:04:06Z' };
    const patched = await budgets.patch('budget', { status: { disruptedPods: again } }, { subresource: 'status' });
    assert.equal(patched.status?.disruptedPods?.['conformance-pod'], '2026-01-02T03:04:06Z');
    assert.equal((await budgets.get('budget', 'status')).kind, 'PodDisruptionBudget');
  },
);

conformance(
  '[sig-apps] DisruptionController should block an eviction until the PDB is updated to allow it [Conformance]',
  async (context) => {
    const budgets = context.all(POD_DISRUPTION_BUDGETS);
    const pods = context.all(PODS);
    await readyPods(context, 'pod-0', 'pod-1', 'pod-2');
    await budgets.create(budget({ minAvailable: 3 }));
    await context.eventually(async () => assert.equal((await observed(context)).status?.disruptionsAllowed, 0));
    const tooMany = (error: unknown) =>
      isRefusal(error, 429) && error.status.details?.causes?.[0]?.reason === 'DisruptionBudget';
    await assert.rejects(evict(context, 'pod-0'), tooMany);
    await budgets.edit('budget', (before) => ({ ...before, spec: { ...before.spec, minAvailable: 2 } }));
    await context.eventually(async () => assert.equal((await observed(context)).status?.disruptionsAllowed, 1));
    await evict(context, 'pod-0');
    await context.gone(pods, 'pod-0');
    await context.eventually(async () => assert.equal((await observed(context)).status?.currentHealthy, 2));
    await assert.rejects(evict(context, 'pod-1'), tooMany);
    await budgets.patch('budget', { spec: { minAvailable: 0, selector: { matchLabels: LABELS } } });
    await context.eventually(async () => assert.equal((await observed(context)).status?.disruptionsAllowed, 2));
    await evict(context, 'pod-1');
    await context.gone(pods, 'pod-1');
    await budgets.edit('budget', (before) => ({ ...before, spec: { ...before.spec, minAvailable: 1 } }));
    await context.eventually(async () => {
      const { status } = await observed(context);
      assert.equal(status?.currentHealthy, 1);
      assert.equal(status.disruptionsAllowed, 0);
    });
    await assert.rejects(evict(context, 'pod-2'), tooMany);
    await budgets.delete('budget');
    await context.eventually(() => evict(context, 'pod-2'));
    await context.eventually(async () => assert.deepEqual((await pods.list({ labelSelector: SELECTOR })).items, []));
  },
);
