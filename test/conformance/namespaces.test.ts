import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { CONFIG_MAPS, NAMESPACES, PODS, SERVICES } from './lib/kinds.ts';

const POD = { containers: [{ name: 'main', image: 'busybox:1', command: ['sleep', '3600'] }] };

/** Deletes a namespace and makes it again as soon as the name is free. */
async function makeAgain(context: Context, name: string): Promise<void> {
  const namespaces = context.all(NAMESPACES);
  await namespaces.delete(name);
  await context.gone(namespaces, name, 120_000);
  await namespaces.create({ metadata: { name } });
}

conformance(
  '[sig-api-machinery] Namespaces should ensure that all pods are removed when a namespace is deleted [Conformance] [Serial]',
  async (context) => {
    const { name } = (await context.newNamespace()).metadata;
    const pods = context.in(name, PODS);
    await pods.create({ metadata: { name: 'pod' }, spec: { ...POD, terminationGracePeriodSeconds: 1 } });
    await context.eventually(async () => assert.equal((await pods.get('pod')).status?.phase, 'Running'));
    await makeAgain(context, name);
    assert.deepEqual((await pods.list()).items, []);
  },
);

conformance(
  '[sig-api-machinery] Namespaces should ensure that all services are removed when a namespace is deleted [Conformance] [Serial]',
  async (context) => {
    const { name } = (await context.newNamespace()).metadata;
    const services = context.in(name, SERVICES);
    await services.create({ metadata: { name: 'service' }, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } });
    await makeAgain(context, name);
    assert.deepEqual((await services.list()).items, []);
  },
);

conformance('[sig-api-machinery] Namespaces should patch a Namespace [Conformance] [Serial]', async (context) => {
  const namespaces = context.all(NAMESPACES);
  const { name } = (await context.newNamespace()).metadata;
  await namespaces.patch(name, { metadata: { labels: { patched: 'yes' } } }, { type: 'strategic-merge' });
  const { labels } = (await namespaces.get(name)).metadata;
  assert.deepEqual(labels, { 'kubernetes.io/metadata.name': name, patched: 'yes' });
});

conformance(
  '[sig-api-machinery] Namespaces should apply an update to a Namespace [Conformance] [Serial]',
  async (context) => {
    const namespaces = context.all(NAMESPACES);
    const updated = await namespaces.edit(context.namespace, (namespace) => ({
      ...namespace,
      metadata: { ...namespace.metadata, labels: { ...namespace.metadata.labels, updated: 'yes' } },
    }));
    assert.equal(updated.metadata.labels?.updated, 'yes');
    assert.equal((await namespaces.get(context.namespace)).metadata.labels?.updated, 'yes');
  },
);

conformance(
  '[sig-api-machinery] Namespaces should apply changes to a namespace status [Conformance] [Serial]',
  async (context) => {
    const namespaces = context.all(NAMESPACES);
    const name = context.namespace;
    const types = async () => (await namespaces.get(name)).status?.conditions?.map(({ type }) => type) ?? [];
    const patched = { type: 'StatusPatch', status: 'True', reason: 'Tested', message: 'set by a patch' } as const;
    await namespaces.patch(
      name,
      { metadata: { annotations: { patched: 'yes' } }, status: { conditions: [patched] } },
      { subresource: 'status' },
    );
    assert.ok((await types()).includes('StatusPatch'));
    const updated = await namespaces.edit(
      name,
      (namespace) => ({
        ...namespace,
        status: {
          ...namespace.status,
          conditions: [...(namespace.status?.conditions ?? []), { ...patched, type: 'StatusUpdate' }],
        },
      }),
      'status',
    );
    assert.equal(updated.status?.phase, 'Active');
    assert.ok((await types()).includes('StatusUpdate'));
  },
);

conformance(
  '[sig-api-machinery] Namespaces should apply a finalizer to a Namespace [Conformance] [Serial]',
  async (context) => {
    const namespaces = context.all(NAMESPACES);
    const { name } = (await context.newNamespace()).metadata;
    const finalizer = 'conformance.example.com/held';
    const finalize = (finalizers: (before: string[]) => string[]) =>
      namespaces.edit(
        name,
        (namespace) => ({ ...namespace, spec: { finalizers: finalizers(namespace.spec?.finalizers ?? []) } }),
        'finalize',
      );
    await finalize((before) => [...before, finalizer]);
    assert.deepEqual((await namespaces.get(name)).spec?.finalizers, ['kubernetes', finalizer]);
    await namespaces.delete(name);
    assert.equal((await namespaces.get(name)).status?.phase, 'Terminating');
    await finalize((before) => before.filter((each) => each !== finalizer));
    await context.gone(namespaces, name);
  },
);

conformance(
  '[sig-api-machinery] OrderedNamespaceDeletion namespace deletion should delete pod first [Conformance]',
  async (context) => {
    const namespaces = context.all(NAMESPACES);
    const { name } = (await context.newNamespace()).metadata;
    const pods = context.in(name, PODS);
    const configMaps = context.in(name, CONFIG_MAPS);
    const finalizers = ['conformance.example.com/held'];
    await pods.create({ metadata: { name: 'pod', finalizers }, spec: { ...POD, terminationGracePeriodSeconds: 1 } });
    await configMaps.create({ metadata: { name: 'map' } });
    await context.eventually(async () => assert.ok((await pods.get('pod')).spec.nodeName));
    await namespaces.delete(name);
    await context.eventually(async () => {
      assert.ok((await pods.get('pod')).metadata.deletionTimestamp);
      const { status } = await namespaces.get(name);
      const remaining = status?.conditions?.find(({ type }) => type === 'NamespaceContentRemaining');
      assert.equal(remaining?.status, 'True');
    });
    // The pod is held, and nothing else goes before it.
    assert.equal((await configMaps.get('map')).metadata.deletionTimestamp, undefined);
    await pods.patch('pod', { metadata: { finalizers: null } });
    await context.gone(namespaces, name, 120_000);
  },
);
