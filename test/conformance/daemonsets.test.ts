import assert from 'node:assert/strict';
import type { DaemonSet, Node, Pod } from '../../src/api/types.ts';
import type { Collection } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES } from './lib/kinds.ts';
import { condition, Pods, restarts } from './lib/pods.ts';
import { IMAGES, imageTemplate } from './lib/workloads.ts';

const named = (behaviour: string) => `[sig-apps] Daemon set should ${behaviour} [Conformance] [Serial]`;
const LABELS = { 'daemonset-name': 'daemon-set' };

/** One DaemonSet `daemon-set` and its pods. */
class Daemons {
  readonly sets: Collection<DaemonSet>;
  readonly pods: Pods;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.sets = context.all(DAEMON_SETS);
    this.pods = new Pods(context);
  }

  create(nodeSelector?: Record<string, string>): Promise<DaemonSet> {
    const { metadata, spec } = imageTemplate(LABELS, IMAGES[0]);
    const template = { metadata, spec: { ...spec, nodeSelector } };
    const draft = {
      metadata: { name: 'daemon-set', labels: LABELS },
      spec: { selector: { matchLabels: LABELS }, template },
    };
    return this.sets.create(draft);
  }

  async list(): Promise<Pod[]> {
    const { items } = await this.pods.all.list({ labelSelector: 'daemonset-name=daemon-set' });
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Nodes that take pods of anyone. */
  async nodes(): Promise<Node[]> {
    const { items } = await this.#context.everywhere(NODES).list();
    return items.filter(
      ({ spec }) => !spec.unschedulable && !(spec.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule'),
    );
  }

  /** Waits until each of these nodes has one pod, ready and of this image, and no other has one. */
  async runOn(nodes: readonly Node[], image: string = IMAGES[0]): Promise<Pod[]> {
    const expected = nodes.map(({ metadata }) => `${metadata.name} ${image} True`).sort();
    return this.#context.eventually(async () => {
      const pods = await this.list();
      const seen = pods.map((pod) => {
        const { nodeName, containers } = pod.spec;
        return `${nodeName} ${containers[0]?.image} ${condition(pod, 'Ready')?.status}`;
      });
      assert.deepEqual(seen.sort(), expected);
      const { status } = await this.sets.get('daemon-set');
      assert.deepEqual([status?.desiredNumberScheduled, status?.numberReady], [nodes.length, nodes.length]);
      return pods;
    }, 120_000);
  }

  async setImage(image: string): Promise<DaemonSet> {
    const patch = { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } };
    return this.sets.patch('daemon-set', patch, { type: 'strategic-merge' });
  }

  /** Deletes it with its pods. */
  async remove(): Promise<void> {
    await this.sets.delete('daemon-set', { propagationPolicy: 'Background' });
    await this.#context.eventually(async () => assert.deepEqual(await this.list(), []));
  }
}

conformance(named('run and stop simple daemon'), async (context) => {
  const daemons = new Daemons(context);
  await daemons.create();
  const nodes = await daemons.nodes();
  const [pod] = await daemons.runOn(nodes);
  await daemons.pods.all.delete(pod?.metadata.name ?? '');
  await context.eventually(async () => {
    const again = await daemons.runOn(nodes);
    assert.ok(
      again.every(({ metadata }) => metadata.uid !== pod?.metadata.uid),
      'the deleted pod is still there',
    );
  });
  await daemons.remove();
});

conformance(named('run and stop complex daemon'), async (context) => {
  const daemons = new Daemons(context);
  const nodes = context.everywhere(NODES);
  const key = 'daemonset-color';
  const [node] = await daemons.nodes();
  assert.ok(node, 'no node takes pods');
  const paint = (color: string | null) => nodes.patch(node.metadata.name, { metadata: { labels: { [key]: color } } });
  context.afterwards(() => paint(null));
  await daemons.create({ [key]: 'blue' });
  await daemons.runOn([]);
  await paint('blue');
  await daemons.runOn([node]);
  await paint('green');
  await daemons.runOn([]);
  const patch = {
    spec: {
      updateStrategy: { type: 'RollingUpdate' },
      template: { spec: { nodeSelector: { [key]: 'green' } } },
    },
  };
  await daemons.sets.patch('daemon-set', patch);
  await daemons.runOn([node]);
  await daemons.remove();
});

conformance(named('retry creating failed daemon pods'), async (context) => {
  const daemons = new Daemons(context);
  await daemons.create();
  const nodes = await daemons.nodes();
  const [pod] = await daemons.runOn(nodes);
  const name = pod?.metadata.name ?? '';
  await daemons.pods.all.edit(name, (now) => ({ ...now, status: { ...now.status, phase: 'Failed' } }), 'status');
  await context.gone(daemons.pods.all, name);
  await daemons.runOn(nodes);
});

conformance(named('update pod when spec was updated and update strategy is RollingUpdate'), async (context) => {
  const daemons = new Daemons(context);
  await daemons.create();
  const nodes = await daemons.nodes();
  const [before] = await daemons.runOn(nodes);
  const hashOf = (pod?: Pod) => pod?.metadata.labels?.['controller-revision-hash'];
  await daemons.setImage(IMAGES[1]);
  const [after] = await daemons.runOn(nodes, IMAGES[1]);
  assert.notEqual(hashOf(after), hashOf(before));
  const { items } = await context.all(CONTROLLER_REVISIONS).list({ labelSelector: 'daemonset-name=daemon-set' });
  const revisions = items.toSorted((a, b) => Number(a.revision) - Number(b.revision));
  assert.deepEqual(
    revisions.map(({ revision, metadata }) => [Number(revision), metadata.labels?.['controller-revision-hash']]),
    [
      [1, hashOf(before)],
      [2, hashOf(after)],
    ],
  );
});

conformance(named('rollback without unnecessary restarts'), async (context) => {
  const daemons = new Daemons(context);
  const nodes = await daemons.nodes();
  assert.ok(nodes.length >= 2, 'needs two nodes: with one there is no pod that the rollback could spare');
  await daemons.create();
  const before = await daemons.runOn(nodes);
  await daemons.setImage('foo:non-existent');
  await context.eventually(async () => {
    const images = (await daemons.list()).map(({ spec }) => spec.containers[0]?.image);
    assert.ok(images.includes('foo:non-existent'), 'the roll-out has not begun');
  });
  const spared = (await daemons.list()).filter(({ spec }) => spec.containers[0]?.image === IMAGES[0]);
  assert.ok(spared.length > 0 && spared.length < before.length, `${spared.length} pods were left`);
  await daemons.setImage(IMAGES[0]);
  const after = new Map((await daemons.runOn(nodes)).map((pod) => [pod.metadata.uid, pod]));
  for (const { metadata } of spared) {
    const pod = after.get(metadata.uid);
    assert.ok(pod, `${metadata.name} was replaced`);
    assert.equal(restarts(pod), 0);
  }
});

conformance(named('list and delete a collection of DaemonSets'), async (context) => {
  const daemons = new Daemons(context);
  await daemons.create();
  await daemons.runOn(await daemons.nodes());
  const query = { labelSelector: 'daemonset-name=daemon-set' };
  const { items } = await context.everywhere(DAEMON_SETS).list(query);
  assert.ok(items.some(({ metadata }) => metadata.namespace === context.namespace));
  await daemons.sets.deleteCollection(query, { gracePeriodSeconds: 0 });
  await context.gone(daemons.sets, 'daemon-set');
});

conformance(named('verify changes to a daemon set status'), async (context) => {
  const daemons = new Daemons(context);
  const watch = await daemons.sets.watch();
  await daemons.create();
  await daemons.runOn(await daemons.nodes());
  const read = await daemons.sets.get('daemon-set', 'status');
  assert.ok((read.status?.numberReady ?? 0) > 0);
  const by = (type: string) => ({ type, status: 'True' as const, reason: 'E2E', message: 'Set by a test' });
  const has =
    (type: string) =>
    ({ object }: { object: DaemonSet }) =>
      object.status?.conditions?.some((each) => each.type === type) === true;
  await daemons.sets.edit(
    'daemon-set',
    (now) => ({ ...now, status: { ...(now.status ?? assert.fail('no status')), conditions: [by('StatusUpdate')] } }),
    'status',
  );
  await watch.until(has('StatusUpdate'));
  await daemons.sets.patch('daemon-set', { status: { conditions: [by('StatusPatched')] } }, { subresource: 'status' });
  await watch.until(has('StatusPatched'));
});
