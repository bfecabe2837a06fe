import assert from 'node:assert/strict';
import { isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { LEASES } from './lib/kinds.ts';

conformance('[sig-node] Lease lease API should be available [Conformance]', async (context) => {
  const leases = context.all(LEASES);
  const spec = {
    holderIdentity: 'holder',
    leaseDurationSeconds: 30,
    acquireTime: '2026-01-02T03:04:05.678901Z',
    renewTime: '2026-01-02T03:04:10.000000Z',
    leaseTransitions: 0,
  };
  const labels = { deletecollection: 'true' };
  await leases.create({ metadata: { name: 'lease' }, spec });
  assert.deepEqual((await leases.get('lease')).spec, spec);
  const updated = { ...spec, holderIdentity: 'holder2', renewTime: '2026-01-02T03:05:00.000001Z', leaseTransitions: 1 };
  await leases.edit('lease', (lease) => ({ ...lease, spec: updated }));
  assert.deepEqual((await leases.get('lease')).spec, updated);
  const patch = { metadata: { labels }, spec: { leaseDurationSeconds: 40, holderIdentity: null } };
  await leases.patch('lease', patch, { type: 'strategic-merge' });
  const { holderIdentity: _, ...patched } = { ...updated, leaseDurationSeconds: 40 };
  assert.deepEqual((await leases.get('lease')).spec, patched);
  await leases.create({ metadata: { name: 'lease2', labels }, spec });
  assert.equal((await leases.list({ labelSelector: 'deletecollection=true' })).items.length, 2);
  await leases.deleteCollection({ labelSelector: 'deletecollection=true' });
  assert.deepEqual((await leases.list()).items, []);
  await assert.rejects(leases.get('lease'), (error) => isRefusal(error, 404));
});
