import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { ENDPOINTS } from './lib/kinds.ts';
import { ServiceServers } from './lib/service-servers.ts';

conformance('[sig-network] Endpoints should test the lifecycle of an Endpoint [Conformance]', async (context) => {
  const endpoints = context.all(ENDPOINTS);
  const labels = { which: context.unique('endpoint') };
  const labelSelector = `which=${labels.which}`;
  const watch = await endpoints.watch({ labelSelector });
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' as const }];
  const subsets = [{ addresses: [{ ip: '10.0.0.24' }], ports }];
  await endpoints.create({ metadata: { name: 'made', labels }, subsets });
  await watch.until(({ type }) => type === 'ADDED');
  assert.ok((await context.everywhere(ENDPOINTS).list({ labelSelector })).items.length > 0);
  await endpoints.edit('made', ({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, labels: { ...labels, updated: 'yes' } },
  }));
  await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.labels?.updated === 'yes');
  const made = await endpoints.get('made');
  assert.equal(made.metadata.labels?.updated, 'yes');
  assert.deepEqual(made.subsets, subsets);
  await endpoints.patch('made', {
    metadata: { labels: { patched: 'yes' } },
    subsets: [{ addresses: [{ ip: '10.0.0.25' }], ports: [{ ...ports[0], port: 8080 }] }],
  });
  await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.labels?.patched === 'yes');
  const [subset] = (await endpoints.get('made')).subsets ?? [];
  assert.deepEqual([subset?.addresses?.[0]?.ip, subset?.ports?.[0]?.port], ['10.0.0.25', 8080]);
  await endpoints.deleteCollection({ labelSelector });
  await watch.until(({ type }) => type === 'DELETED');
  assert.equal(await endpoints.find('made'), undefined);
});

conformance(
  '[sig-network] EndpointsController should create and delete Endpoints for a Service with a selector that matches no pods [Conformance]',
  async (context) => {
    const servers = new ServiceServers(context);
    const endpoints = context.all(ENDPOINTS);
    await servers.create('empty', { ports: [{ name: 'example', port: 80 }] });
    const { subsets = [] } = await context.eventually(() => endpoints.get('empty'));
    assert.deepEqual(subsets, []);
    await servers.services.delete('empty');
    await context.gone(endpoints, 'empty');
  },
);

conformance(
  '[sig-network] EndpointsController should create Endpoints for Pods matching a Service [Conformance]',
  async (context) => {
    const servers = new ServiceServers(context);
    const endpoints = context.all(ENDPOINTS);
    await servers.create('one', { ports: [{ name: 'example', port: 80, targetPort: 3000 }] });
    await servers.create('both', {
      selector: { app: 'one' },
      ports: [
        { name: 'first', port: 80, targetPort: 3000 },
        { name: 'second', port: 81, targetPort: 3001 },
      ],
      publishNotReadyAddresses: true,
    });
    await servers.server('pod1', 'one', ['tcp:3000', 'tcp:3001']);
    const ip = await servers.pods.address('pod1');
    const { spec } = await servers.pods.get('pod1');
    for (const [name, ports] of [
      ['one', [3000]],
      ['both', [3000, 3001]],
    ] as const)
      await context.eventually(async () => {
        const [subset, ...more] = (await endpoints.get(name)).subsets ?? [];
        assert.deepEqual(more, []);
        assert.deepEqual(
          subset?.addresses?.map((address) => [address.ip, address.nodeName, address.targetRef?.name]),
          [[ip, spec.nodeName, 'pod1']],
        );
        assert.deepEqual(subset?.ports?.map(({ port }) => port).sort(), ports);
      });
  },
);
