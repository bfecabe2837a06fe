import assert from 'node:assert/strict';
import type { EndpointSlice } from '../../../api/types.ts';
import type { Change, ObjectCache } from '../../resource-client.ts';
import { slicesByService } from './slices.ts';

function aSlice(name: string, service: string | undefined, ports: EndpointSlice['ports'] = []): EndpointSlice {
  const labels: Record<string, string> = service === undefined ? {} : { 'kubernetes.io/service-name': service };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'default', labels },
    addressType: 'IPv4',
    endpoints: [],
    ports,
  };
}

describe('the slices of a Service', () => {
  let tell: (change: Change<EndpointSlice>) => void = () => {};
  const cache: ObjectCache = {
    get: () => undefined,
    list: () => [],
    subscribe: (_, listener) => {
      tell = listener as unknown as typeof tell;
      return () => {};
    },
  };
  const slicesOf = slicesByService(cache);
  const of = (name: string) => slicesOf({ namespace: 'default', name });

  it('come by name, as they are now', () => {
    const [two, one, other] = [aSlice('web-2', 'web'), aSlice('web-1', 'web'), aSlice('db-1', 'db')];
    for (const object of [two, one, other, aSlice('loose', undefined)]) tell({ type: 'added', object });
    assert.deepEqual(of('web'), [one, two]);
    const newer = aSlice('web-1', 'web', [{ port: 80 }]);
    tell({ type: 'modified', object: newer, previous: one });
    assert.deepEqual(of('web'), [newer, two]);
    tell({ type: 'deleted', object: newer });
    assert.deepEqual(of('web'), [two]);
    assert.deepEqual(of('db'), [other]);
  });

  it('follow a slice that is given to another Service', () => {
    const moved = aSlice('web-2', 'db');
    tell({ type: 'modified', object: moved, previous: aSlice('web-2', 'web') });
    assert.deepEqual(of('web'), []);
    assert.deepEqual(
      of('db').map(({ metadata }) => metadata.name),
      ['db-1', 'web-2'],
    );
    assert.deepEqual(slicesOf({ namespace: 'other', name: 'db' }), []);
  });
});
