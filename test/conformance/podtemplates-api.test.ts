import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { POD_TEMPLATES } from './lib/kinds.ts';

const TEMPLATE = { spec: { containers: [{ name: 'nginx', image: 'nginx:latest' }] } };

conformance('[sig-node] PodTemplates should run the lifecycle of PodTemplates [Conformance]', async (context) => {
  const templates = context.all(POD_TEMPLATES);
  const labels = { which: context.unique('lifecycle') };
  const labelSelector = `which=${labels.which}`;
  await templates.create({ metadata: { name: 'nginx', labels }, template: TEMPLATE });
  assert.equal((await context.everywhere(POD_TEMPLATES).list({ labelSelector })).items.length, 1);
  await templates.patch('nginx', { metadata: { labels: { patched: 'yes' } } }, { type: 'strategic-merge' });
  const template = await templates.get('nginx');
  assert.deepEqual(template.metadata.labels, { ...labels, patched: 'yes' });
  assert.equal(template.template.spec?.containers[0]?.image, 'nginx:latest');
  await templates.delete('nginx');
  assert.deepEqual((await context.everywhere(POD_TEMPLATES).list({ labelSelector })).items, []);
});

conformance('[sig-node] PodTemplates should delete a collection of pod templates [Conformance]', async (context) => {
  const templates = context.all(POD_TEMPLATES);
  const labels = { which: 'collection' };
  const labelSelector = 'which=collection';
  for (const name of ['one', 'two', 'three'])
    await templates.create({ metadata: { name, labels }, template: TEMPLATE });
  assert.equal((await templates.list({ labelSelector })).items.length, 3);
  await templates.deleteCollection({ labelSelector });
  assert.deepEqual((await templates.list({ labelSelector })).items, []);
});

conformance('[sig-node] PodTemplates should replace a pod template [Conformance]', async (context) => {
  const templates = context.all(POD_TEMPLATES);
  await templates.create({ metadata: { name: 'nginx' }, template: TEMPLATE });
  const updated = await templates.edit('nginx', (template) => ({
    ...template,
    metadata: { ...template.metadata, annotations: { updated: 'true' } },
  }));
  assert.deepEqual(updated.metadata.annotations, { updated: 'true' });
  assert.deepEqual((await templates.get('nginx')).metadata.annotations, { updated: 'true' });
});
