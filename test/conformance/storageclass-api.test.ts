import assert from 'node:assert/strict';
import { isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { STORAGE_CLASSES } from './lib/kinds.ts';

conformance(
  '[sig-storage] StorageClasses CSI Conformance should run through the lifecycle of a StorageClass [Conformance]',
  async (context) => {
    const classes = context.all(STORAGE_CLASSES);
    const labels = { which: context.unique('classes') };
    const labelSelector = `which=${labels.which}`;
    context.afterwards(() => classes.deleteCollection({ labelSelector }));
    const draft = (name: string) => ({
      metadata: { name, labels },
      provisioner: 'example.com/none',
      reclaimPolicy: 'Delete' as const,
      volumeBindingMode: 'Immediate' as const,
    });
    const name = context.unique('first');
    await classes.create(draft(name));
    assert.equal((await classes.get(name)).provisioner, 'example.com/none');
    await classes.patch(name, { metadata: { labels: { patched: 'yes' } } });
    const patched = await classes.get(name);
    assert.equal(patched.metadata.labels?.patched, 'yes');
    await classes.update({ ...patched, metadata: { ...patched.metadata, labels: { ...labels, updated: 'yes' } } });
    assert.equal((await classes.list({ labelSelector: `${labelSelector},updated=yes` })).items.length, 1);
    await classes.delete(name);
    await assert.rejects(classes.get(name), (error: unknown) => isRefusal(error, 404));
    await classes.create(draft(context.unique('second')));
    assert.equal((await classes.list({ labelSelector })).items.length, 1);
    await classes.deleteCollection({ labelSelector });
    assert.deepEqual((await classes.list({ labelSelector })).items, []);
  },
);
