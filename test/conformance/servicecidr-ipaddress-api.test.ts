import assert from 'node:assert/strict';
import type { IPAddress } from '../../src/api/types.ts';
import type { Draft } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { IP_ADDRESSES, SERVICE_CIDRS } from './lib/kinds.ts';
import { assertDiscovered } from './lib/resource-life.ts';

const named = (what: string) => `[sig-network] ServiceCIDR and IPAddress API should support ${what} [Conformance]`;

conformance(named('IPAddress API operations'), async (context) => {
  await assertDiscovered(context, IP_ADDRESSES);
  const addresses = context.all(IP_ADDRESSES);
  const draft = (name: string, type: string): Draft<IPAddress> => ({
    metadata: { name, labels: { type } },
    spec: { parentRef: { group: 'mygroup', resource: 'myresources', namespace: 'foo', name: 'bar' } },
  });
  context.afterwards(() => addresses.deleteCollection({ labelSelector: 'type in (broadcast,link-local)' }));
  const watch = await addresses.watch({ labelSelector: 'type=broadcast' });
  const made = await addresses.create(draft('255.255.255.255', 'broadcast'));
  await addresses.create(draft('fe80::42:1dff:fe84:f9e2', 'link-local'));
  const patched = await addresses.patch(made.metadata.name, { metadata: { annotations: { patched: 'true' } } });
  assert.equal(patched.metadata.annotations?.patched, 'true');
  assert.ok(Number(patched.metadata.resourceVersion) > Number(made.metadata.resourceVersion));
  const updated = await addresses.edit(made.metadata.name, ({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, updated: 'true' } },
  }));
  assert.equal(updated.metadata.annotations?.updated, 'true');
  assert.equal((await addresses.get(made.metadata.name)).metadata.uid, made.metadata.uid);
  assert.equal((await addresses.list({ labelSelector: 'type=broadcast' })).items.length, 1);
  await addresses.delete(made.metadata.name);
  await watch.until(({ type }) => type === 'DELETED');
  await addresses.deleteCollection({ labelSelector: 'type=link-local' });
  assert.deepEqual((await addresses.list({ labelSelector: 'type=link-local' })).items, []);
});

conformance(named('ServiceCIDR API operations'), async (context) => {
  await assertDiscovered(context, SERVICE_CIDRS, ['status']);
  const cidrs = context.all(SERVICE_CIDRS);
  const found = await cidrs.get('kubernetes');
  const status = await cidrs.get('kubernetes', 'status');
  assert.deepEqual([status.kind, status.metadata.uid], ['ServiceCIDR', found.metadata.uid]);
  await context.eventually(async () => {
    const { conditions } = (await cidrs.get('kubernetes')).status ?? {};
    assert.equal(conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  });
  assert.ok((await cidrs.list()).items.length > 0);
  const watch = await cidrs.watch();
  await watch.until(({ object }) => object.metadata.name === 'kubernetes');
});
