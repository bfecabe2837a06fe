import assert from 'node:assert/strict';
import { ManualClock } from '../../../../test/lib/manual-clock.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { Service } from '../../../api/types.ts';
import type { Store } from '../../store/store.ts';
import type { AdmissionRequest } from './chain.ts';
import { ServiceAddresses } from './service-addresses.ts';

/** No range is ready: whoever would give out an address fails. */
const plugin = new ServiceAddresses({
  store: {} as Store,
  cache: { get: () => undefined, list: () => [], subscribe: () => () => {} },
  clock: new ManualClock(),
  serviceKind: SERVICE,
  nodePortRange: [30000, 32767],
});

function creationOf(spec: Service['spec']): AdmissionRequest {
  const object: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec };
  const kind = SERVICE as unknown as KindDefinition;
  const key = { namespace: 'default', name: 'web' };
  return { operation: 'CREATE', kind, key, subresource: '', object, user: { name: 'u', groups: [] }, dryRun: true };
}

describe('addresses of Services', () => {
  it('are wanted where none is named', async () => {
    const request = creationOf({ type: 'ClusterIP', ports: [{ port: 80 }] });
    await assert.rejects(
      plugin.around(request, async () => {}),
      /failed to allocate a serviceIP: range is full/,
    );
  });

  for (const clusterIPs of [['None'], ['10.43.5.5'], ['']]) {
    it(`are left to validation where the list ${JSON.stringify(clusterIPs)} stands without the field`, async () => {
      const spec: Service['spec'] = { type: 'ClusterIP', ports: [{ port: 80 }], clusterIPs };
      const before = structuredClone(spec);
      await plugin.around(creationOf(spec), async () => {});
      assert.deepEqual(spec, before);
    });
  }
});
