import assert from 'node:assert/strict';
import { isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { CONFIG_MAPS } from './lib/kinds.ts';

conformance('[sig-node] ConfigMap should fail to create ConfigMap with empty key [Conformance]', async (context) => {
  const draft = { metadata: { name: 'map' }, data: { '': 'value' } };
  await assert.rejects(context.all(CONFIG_MAPS).create(draft), (error) => isRefusal(error, 422));
});

conformance(
  '[sig-node] ConfigMap should update ConfigMap successfully [Conformance] [NodeConformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    await configMaps.create({ metadata: { name: 'map' } });
    await configMaps.edit('map', (map) => ({ ...map, data: { key: 'value' } }));
    assert.deepEqual((await configMaps.get('map')).data, { key: 'value' });
  },
);

conformance('[sig-node] ConfigMap should run through a ConfigMap lifecycle [Conformance]', async (context) => {
  const configMaps = context.all(CONFIG_MAPS);
  const label = context.unique('lifecycle');
  const labelSelector = `which=${label}`;
  const watch = await configMaps.watch({ labelSelector });
  await configMaps.create({ metadata: { name: 'map', labels: { which: label } }, data: { valueName: 'value' } });
  await watch.until(({ type }) => type === 'ADDED');
  const patch = { metadata: { labels: { patched: 'yes' } }, data: { valueName: 'patched' } };
  await configMaps.patch('map', patch, { type: 'strategic-merge' });
  await watch.until(({ type, object }) => type === 'MODIFIED' && object.data?.valueName === 'patched');
  const map = await configMaps.get('map');
  assert.deepEqual(map.metadata.labels, { which: label, patched: 'yes' });
  assert.deepEqual(map.data, { valueName: 'patched' });
  const { items } = await context.everywhere(CONFIG_MAPS).list({ labelSelector });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ['map'],
  );
  await configMaps.deleteCollection({ labelSelector });
  await watch.until(({ type }) => type === 'DELETED');
  assert.deepEqual((await configMaps.list({ labelSelector })).items, []);
});
