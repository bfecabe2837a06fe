import assert from 'node:assert/strict';
import type { Pod, PodSpec, ReplicaSet } from '../../src/api/types.ts';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { NODES, PODS, PRIORITY_CLASSES, REPLICA_SETS } from './lib/kinds.ts';
import { condition, Pods } from './lib/pods.ts';
import { replicaSet, sleepTemplate } from './lib/replicas.ts';

const named = (behaviour: string) => `[sig-scheduling] SchedulerPreemption ${behaviour} [Conformance] [Serial]`;

/** A node that has `amount` of a resource that only this test's pods ask for. @returns the resource's name */
async function scarceResource(context: Context, amount: number): Promise<{ resource: string; node: string }> {
  const nodes = context.everywhere(NODES);
  const { items } = await nodes.list();
  const node = items.find(({ spec }) => !spec.unschedulable)?.metadata.name;
  assert.ok(node, 'no node takes pods');
  const resource = `example.com/${context.unique('scarce')}`;
  const patch = (value: string | null) =>
    nodes.patch(
      node,
      { status: { capacity: { [resource]: value }, allocatable: { [resource]: value } } },
      { subresource: 'status' },
    );
  await patch(String(amount));
  context.afterwards(() => patch(null));
  await context.eventually(async () =>
    assert.equal((await nodes.get(node)).status?.allocatable?.[resource], String(amount)),
  );
  return { resource, node };
}

/** A class that goes with the test. @returns its name */
async function priorityClass(context: Context, value: number): Promise<string> {
  const classes = context.everywhere(PRIORITY_CLASSES);
  const name = context.unique(`priority-${value}`);
  await classes.create({ metadata: { name }, value });
  context.afterwards(() => classes.delete(name));
  return name;
}

function wanting(name: string, resource: string, amount: number, spec: Partial<PodSpec>): Pod {
  const amounts = { [resource]: String(amount) };
  return script(
    name,
    IDLE,
    { terminationGracePeriodSeconds: 1, ...spec },
    { resources: { requests: amounts, limits: amounts } },
  );
}

/** Three pods that leave no room: one of low priority, two of a middle one. */
async function fullNode(context: Context): Promise<{ pods: Pods; resource: string }> {
  const { resource } = await scarceResource(context, 5);
  const low = await priorityClass(context, 1);
  const middle = await priorityClass(context, 100);
  const pods = new Pods(context);
  for (const [name, priorityClassName] of [
    ['low', low],
    ['middle-1', middle],
    ['middle-2', middle],
  ] as const) {
    await pods.create(wanting(name, resource, name === 'low' ? 2 : 1, { priorityClassName }));
    await pods.ready(name);
  }
  return { pods, resource };
}

async function onlyLowLeaves(context: Context, pods: Pods, uid: string | undefined): Promise<void> {
  await context.eventually(async () => {
    const low = await pods.all.find('low');
    assert.ok(!low || low.metadata.uid !== uid || low.metadata.deletionTimestamp);
  });
  for (const name of ['middle-1', 'middle-2'])
    assert.equal((await pods.get(name)).metadata.deletionTimestamp, undefined);
}

conformance(named('validates basic preemption works'), async (context) => {
  const { pods, resource } = await fullNode(context);
  const { uid } = (await pods.get('low')).metadata;
  const priorityClassName = await priorityClass(context, 1000);
  await pods.create(wanting('preemptor', resource, 2, { priorityClassName }));
  await pods.ready('preemptor');
  await onlyLowLeaves(context, pods, uid);
});

conformance(named('validates lower priority pod preemption by critical pod'), async (context) => {
  const { pods, resource } = await fullNode(context);
  const { uid } = (await pods.get('low')).metadata;
  const system = context.in('kube-system', PODS);
  const name = context.unique('critical');
  context.afterwards(() => system.delete(name, { gracePeriodSeconds: 0 }));
  await system.create(wanting(name, resource, 2, { priorityClassName: 'system-cluster-critical' }));
  await context.eventually(async () => assert.equal(condition(await system.get(name), 'PodScheduled')?.status, 'True'));
  await onlyLowLeaves(context, pods, uid);
});

conformance(named('validates pod disruption condition is added to the preempted pod'), async (context) => {
  const { resource } = await scarceResource(context, 1);
  const pods = new Pods(context);
  const victim = wanting('victim', resource, 1, { priorityClassName: await priorityClass(context, 1) });
  const finalizers = ['example.com/held'];
  await pods.create({ ...victim, metadata: { ...victim.metadata, finalizers } });
  context.afterwards(() => pods.all.patch('victim', { metadata: { finalizers: null } }));
  await pods.ready('victim');
  const priorityClassName = await priorityClass(context, 1000);
  await pods.create(wanting('preemptor', resource, 1, { priorityClassName }));
  await pods.until('victim', (pod) => {
    assert.ok(pod.metadata.deletionTimestamp);
    const { status, reason } = condition(pod, 'DisruptionTarget') ?? {};
    assert.deepEqual([status, reason], ['True', 'PreemptionByScheduler']);
  });
  await pods.all.patch('victim', { metadata: { finalizers: null } });
  await pods.ready('preemptor');
});

conformance(named('PreemptionExecutionPath runs ReplicaSets to verify preemption running path'), async (context) => {
  const { resource } = await scarceResource(context, 950);
  const sets = context.all(REPLICA_SETS);
  const all = context.all(PODS);
  const watch = await all.watch();
  const create = async (name: string, amount: number, value: number): Promise<void> => {
    const template = sleepTemplate({ set: name });
    template.spec.priorityClassName = await priorityClass(context, value);
    const amounts = { [resource]: String(amount) };
    for (const container of template.spec.containers) container.resources = { requests: amounts, limits: amounts };
    await sets.create(replicaSet(name, 1, template));
    await context.eventually(async () => assert.equal(readyOf(await sets.get(name)), 1));
  };
  const readyOf = ({ status }: ReplicaSet) => status?.readyReplicas ?? 0;
  // All of it is taken; the last one needs what the two least important have.
  for (const [index, amount] of [200, 300, 450].entries()) await create(`set-${index + 1}`, amount, index + 1);
  await create('set-4', 500, 4);
  const made = (set: string) =>
    new Set(watch.received.flatMap(({ object }) => (object.metadata.labels?.set === set ? [object.metadata.uid] : [])))
      .size;
  await context.eventually(() => {
    assert.ok(made('set-1') >= 2, 'the least important pod was not made again');
    assert.ok(made('set-2') >= 2, 'the second pod was not made again');
  });
  assert.equal(made('set-3'), 1);
  assert.equal(made('set-4'), 1);
  assert.equal(readyOf(await sets.get('set-3')), 1);
});
