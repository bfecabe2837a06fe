import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS } from './lib/kinds.ts';
import { isOwnedBy, reference, sleepTemplate } from './lib/replicas.ts';

const LABELS = { app: 'daemon' };

conformance(
  '[sig-apps] ControllerRevision should manage the lifecycle of a ControllerRevision [Conformance] [Serial]',
  async (context) => {
    const sets = context.all(DAEMON_SETS);
    const revisions = context.all(CONTROLLER_REVISIONS);
    const which = context.unique('revisions');
    const template = sleepTemplate({ ...LABELS, which });
    const labelSelector = `which=${which}`;
    const made = await sets.create({
      metadata: { name: 'daemon' },
      spec: { selector: { matchLabels: { ...LABELS, which } }, template },
    });
    const [initial] = await context.eventually(async () => {
      const { status } = await sets.get('daemon');
      assert.ok(status && status.desiredNumberScheduled > 0 && status.numberReady === status.desiredNumberScheduled);
      const { items } = await context.everywhere(CONTROLLER_REVISIONS).list({ labelSelector });
      assert.equal(items.length, 1);
      return items;
    }, 120_000);
    assert.ok(initial && isOwnedBy(made)(initial));
    assert.equal(initial.revision, 1);
    const { name } = initial.metadata;
    const patch = { metadata: { labels: { [name]: 'patched' } } };
    assert.equal((await revisions.patch(name, patch, { type: 'strategic-merge' })).metadata.labels?.[name], 'patched');
    const updated = await revisions.edit(name, (before) => ({
      ...before,
      metadata: { ...before.metadata, labels: { ...before.metadata.labels, [name]: 'updated' } },
    }));
    assert.equal(updated.metadata.labels?.[name], 'updated');

    const own = await revisions.create({
      metadata: {
        name: 'own',
        labels: { ...initial.metadata.labels },
        ownerReferences: [reference(made, { apiVersion: 'apps/v1', kind: 'DaemonSet', controller: true })],
      },
      data: initial.data,
      revision: initial.revision + 1,
    });
    assert.equal(own.revision, 2);
    assert.equal((await revisions.list({ labelSelector })).items.length, 2);
    await revisions.delete(name);
    // The history is made again from what runs.
    await context.eventually(async () => {
      const { items } = await revisions.list({ labelSelector });
      assert.ok(!items.some(({ metadata }) => metadata.uid === initial.metadata.uid));
      assert.ok(items.length > 0);
    });
    const image = 'nginx:latest';
    await sets.patch(
      'daemon',
      { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } },
      { type: 'strategic-merge' },
    );
    await context.eventually(async () => {
      const { items } = await revisions.list({ labelSelector });
      assert.ok(items.some(({ data }) => JSON.stringify(data).includes(image)));
    });
    await revisions.deleteCollection({ labelSelector: `${labelSelector},${name}=updated` });
    await context.eventually(async () =>
      assert.deepEqual((await revisions.list({ labelSelector: `${name}=updated` })).items, []),
    );
  },
);
