import assert from 'node:assert/strict';
import type { EndpointSlice, Endpoints } from '../../src/api/types.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { ENDPOINT_SLICES, ENDPOINTS } from './lib/kinds.ts';
import { assertDiscovered } from './lib/resource-life.ts';
import { ServiceServers } from './lib/service-servers.ts';

const named = (what: string) => `[sig-network] EndpointSlice should ${what} [Conformance]`;

async function slicesOf(context: Context, service: string): Promise<EndpointSlice[]> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return (await context.all(ENDPOINT_SLICES).list({ labelSelector })).items;
}

/** A slice that nobody manages. @param ports by name */
function createSlice(
  context: Context,
  name: string,
  { service, addresses, ports }: { service: string; addresses: string[]; ports: Readonly<Record<string, number>> },
): Promise<EndpointSlice> {
  return context.all(ENDPOINT_SLICES).create({
    metadata: {
      name,
      labels: { 'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': 'e2e' },
    },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, protocol: 'TCP' as const })),
  });
}

conformance(named('support creating EndpointSlice API operations'), async (context) => {
  const slices = context.all(ENDPOINT_SLICES);
  const labels = { which: context.unique('slice') };
  const labelSelector = `which=${labels.which}`;
  const draft = (name: string) => ({
    metadata: { name, labels },
    addressType: 'IPv4' as const,
    endpoints: [{ addresses: ['1.2.3.4'] }],
    ports: [{ name: 'http', port: 80, protocol: 'TCP' as const }],
  });
  await assertDiscovered(context, ENDPOINT_SLICES);
  const watch = await slices.watch({ labelSelector });
  for (const name of ['one', 'two', 'three']) await slices.create(draft(name));
  await watch.until(({ type, object }) => type === 'ADDED' && object.metadata.name === 'one');
  assert.equal((await slices.get('one')).metadata.name, 'one');
  assert.equal((await slices.list({ labelSelector })).items.length, 3);
  assert.equal((await context.everywhere(ENDPOINT_SLICES).list({ labelSelector })).items.length, 3);
  const patched = await slices.patch('one', { metadata: { annotations: { patched: 'true' } } });
  assert.equal(patched.metadata.annotations?.patched, 'true');
  await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.annotations?.patched === 'true');
  const updated = await slices.edit('one', ({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, updated: 'true' } },
    endpoints: [{ addresses: ['10.0.0.1'] }],
  }));
  assert.deepEqual(updated.endpoints?.[0]?.addresses, ['10.0.0.1']);
  await watch.until(({ type, object }) => type === 'MODIFIED' && object.metadata.annotations?.updated === 'true');
  await slices.delete('one');
  await watch.until(({ type, object }) => type === 'DELETED' && object.metadata.name === 'one');
  assert.equal(await slices.find('one'), undefined);
  await slices.deleteCollection({ labelSelector });
  await context.eventually(async () => assert.deepEqual((await slices.list({ labelSelector })).items, []));
});

conformance(
  named('create and delete EndpointSlices for a Service with a selector that matches no pods'),
  async (context) => {
    const servers = new ServiceServers(context);
    await servers.create('empty', { ports: [{ name: 'example', port: 80 }] });
    await context.eventually(async () => {
      assert.ok(await context.all(ENDPOINTS).find('empty'));
      const slices = await slicesOf(context, 'empty');
      assert.deepEqual(
        slices.map(({ endpoints }) => endpoints ?? []),
        [[]],
      );
      assert.equal(
        slices[0]?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'],
        'endpointslice-controller.k8s.io',
      );
      assert.ok(slices[0]?.metadata.ownerReferences?.some(({ kind, name }) => kind === 'Service' && name === 'empty'));
    });
    await servers.services.delete('empty');
    await context.eventually(async () => {
      assert.equal(await context.all(ENDPOINTS).find('empty'), undefined);
      assert.deepEqual(await slicesOf(context, 'empty'), []);
    });
  },
);

conformance(named('create Endpoints and EndpointSlices for Pods matching a Service'), async (context) => {
  const servers = new ServiceServers(context);
  await servers.create('by-number', {
    selector: { app: 'both' },
    ports: [{ name: 'example', port: 80, targetPort: 3000 }],
  });
  await servers.create('all', {
    selector: { app: 'both' },
    ports: [
      { name: 'first', port: 80, targetPort: 3000 },
      { name: 'second', port: 81, targetPort: 3001 },
    ],
  });
  for (const name of ['pod1', 'pod2']) await servers.server(name, 'both', ['tcp:3000', 'tcp:3001']);
  await servers.endpoints('by-number', { pod1: [3000], pod2: [3000] });
  await servers.endpoints('all', { pod1: [3000, 3001], pod2: [3000, 3001] });
  const pod1 = await servers.pods.get('pod1');
  const [slice] = await slicesOf(context, 'all');
  const endpoint = slice?.endpoints?.find(({ targetRef }) => targetRef?.name === 'pod1');
  assert.equal(slice?.addressType, 'IPv4');
  assert.deepEqual(endpoint?.addresses, [pod1.status?.podIP]);
  assert.equal(endpoint?.nodeName, pod1.spec.nodeName);
  assert.deepEqual(endpoint?.conditions, { ready: true, serving: true, terminating: false });
  assert.equal(endpoint?.targetRef?.uid, pod1.metadata.uid);
});

conformance(named('support a Service with multiple ports specified in multiple EndpointSlices'), async (context) => {
  const servers = new ServiceServers(context);
  await servers.asker();
  const { spec } = await servers.services.create({
    metadata: { name: 'custom' },
    spec: {
      ports: [
        { name: 'portname1', port: 80 },
        { name: 'portname2', port: 81 },
      ],
    },
  });
  for (const name of ['pod1', 'pod2']) await servers.server(name, 'custom-server', ['tcp:8090', 'tcp:9090']);
  const addresses = [await servers.pods.address('pod1'), await servers.pods.address('pod2')];
  await createSlice(context, 'custom-1', { service: 'custom', addresses, ports: { portname1: 8090 } });
  await createSlice(context, 'custom-2', { service: 'custom', addresses, ports: { portname2: 9090 } });
  for (const port of [80, 81]) await servers.answering(['pod1', 'pod2'], () => servers.who(spec.clusterIP ?? '', port));
});

conformance(
  named('support a Service with multiple endpoint IPs specified in multiple EndpointSlices'),
  async (context) => {
    const servers = new ServiceServers(context);
    await servers.asker();
    const { spec } = await servers.services.create({
      metadata: { name: 'custom' },
      spec: { ports: [{ name: 'portname', port: 80 }] },
    });
    for (const name of ['pod1', 'pod2']) await servers.server(name, 'custom-server', ['tcp:8090']);
    for (const name of ['pod1', 'pod2']) {
      const addresses = [await servers.pods.address(name)];
      await createSlice(context, `custom-${name}`, { service: 'custom', addresses, ports: { portname: 8090 } });
    }
    await servers.answering(['pod1', 'pod2'], () => servers.who(spec.clusterIP ?? '', 80));
  },
);

conformance(
  '[sig-network] EndpointSliceMirroring should mirror a custom Endpoints resource through create update and delete [Conformance]',
  async (context) => {
    const servers = new ServiceServers(context);
    const endpoints = context.all(ENDPOINTS);
    await servers.services.create({ metadata: { name: 'mirrored' }, spec: { ports: [{ name: 'example', port: 80 }] } });
    const subsets = (ip: string, port: number): Endpoints['subsets'] => [
      { addresses: [{ ip }], ports: [{ name: 'example', port, protocol: 'TCP' }] },
    ];
    const mirrors = (ip: string, port: number) =>
      context.eventually(async () => {
        const slices = await slicesOf(context, 'mirrored');
        assert.deepEqual(
          slices.map((slice) => [
            slice.endpoints?.map(({ addresses }) => addresses),
            slice.ports?.map((each) => each.port),
          ]),
          [[[[ip]], [port]]],
        );
        const manager = slices[0]?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'];
        assert.equal(manager, 'endpointslicemirroring-controller.k8s.io');
      });
    await endpoints.create({ metadata: { name: 'mirrored' }, subsets: subsets('10.1.2.3', 80) });
    await mirrors('10.1.2.3', 80);
    await endpoints.edit('mirrored', (object) => ({ ...object, subsets: subsets('10.2.3.4', 9090) }));
    await mirrors('10.2.3.4', 9090);
    await endpoints.delete('mirrored');
    await context.eventually(async () => assert.deepEqual(await slicesOf(context, 'mirrored'), []));
  },
);
