import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { SERVICES } from './lib/kinds.ts';

conformance(
  '[sig-network] Services should find a service from listing all namespaces [Conformance]',
  async (context) => {
    const { items } = await context.everywhere(SERVICES).list();
    const found = items.find(({ metadata }) => metadata.name === 'kubernetes' && metadata.namespace === 'default');
    assert.ok(found?.spec.clusterIP);
  },
);

conformance('[sig-network] Services should complete a service status lifecycle [Conformance]', async (context) => {
  const services = context.all(SERVICES);
  const labels = { which: context.unique('status') };
  const watch = await services.watch({ labelSelector: `which=${labels.which}` });
  await services.create({
    metadata: { name: 'service', labels },
    spec: {
      type: 'LoadBalancer',
      // Of nobody here: the status is the test's alone.
      loadBalancerClass: 'example.com/internal-vip',
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }],
    },
  });
  await watch.until(({ type }) => type === 'ADDED');
  const ingress = [{ ip: '203.0.113.1' }];
  const patched = await services.patch(
    'service',
    { metadata: { annotations: { patched: 'yes' } }, status: { loadBalancer: { ingress } } },
    { subresource: 'status' },
  );
  assert.equal(patched.status?.loadBalancer?.ingress?.[0]?.ip, '203.0.113.1');
  assert.equal(patched.metadata.annotations?.patched, 'yes');
  assert.equal((await services.get('service', 'status')).status?.loadBalancer?.ingress?.[0]?.ip, '203.0.113.1');
  const condition = {
    type: 'StatusUpdate',
    status: 'True',
    reason: 'Tested',
    message: 'set by an update',
    lastTransitionTime: '2026-01-02T03:04:05Z',
  } as const;
  await services.edit(
    'service',
    (service) => ({ ...service, status: { ...service.status, conditions: [condition] } }),
    'status',
  );
  await watch.until(({ object }) => object.status?.conditions?.[0]?.type === 'StatusUpdate');
  await services.patch('service', { metadata: { labels: { patched: 'yes' } } });
  await watch.until(({ object }) => object.metadata.labels?.patched === 'yes');
  await services.delete('service');
  await watch.until(({ type }) => type === 'DELETED');
});

conformance('[sig-network] Services should delete a collection of services [Conformance]', async (context) => {
  const services = context.all(SERVICES);
  const ports = [{ port: 80 }];
  for (const name of ['one', 'two'])
    await services.create({ metadata: { name, labels: { in: 'set' } }, spec: { ports } });
  await services.create({ metadata: { name: 'other', labels: { in: 'none' } }, spec: { ports } });
  assert.equal((await services.list()).items.length, 3);
  await services.deleteCollection({ labelSelector: 'in=set' });
  await context.eventually(async () =>
    assert.deepEqual(
      (await services.list()).items.map(({ metadata }) => metadata.name),
      ['other'],
    ),
  );
});
