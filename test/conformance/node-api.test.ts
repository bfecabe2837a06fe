import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { NODES } from './lib/kinds.ts';

conformance('[sig-node] Node Lifecycle should run through the lifecycle of a node [Conformance]', async (context) => {
  const nodes = context.all(NODES);
  const name = context.unique('fake-node');
  const labels = { which: name };
  await nodes.create({
    metadata: { name, labels },
    spec: { unschedulable: true },
    status: { capacity: { cpu: '10', memory: '10Gi', pods: '10' }, phase: 'Running' },
  });
  context.afterwards(() => nodes.delete(name));
  assert.equal((await nodes.get(name)).metadata.name, name);
  await nodes.patch(name, { metadata: { labels: { [name]: 'patched' } } }, { type: 'strategic-merge' });
  assert.equal((await nodes.get(name)).metadata.labels?.[name], 'patched');
  const { items } = await nodes.list({ labelSelector: `${name}=patched` });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    [name],
  );
  const updated = await nodes.edit(name, (node) => ({
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata.labels, [name]: 'updated' } },
  }));
  assert.equal(updated.metadata.labels?.[name], 'updated');
  const watch = await nodes.watch({ labelSelector: `which=${name}` });
  await nodes.deleteCollection({ labelSelector: `${name}=updated` });
  await watch.until(({ type }) => type === 'DELETED');
  assert.equal(await nodes.find(name), undefined);
});
