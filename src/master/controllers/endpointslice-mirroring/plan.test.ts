import assert from 'node:assert/strict';
import type { EndpointSlice, Endpoints, Service } from '../../../api/types.ts';
import { isMirrored, planMirror } from './plan.ts';

const SERVICE: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'db', namespace: 'default' },
  spec: { type: 'ClusterIP', ports: [{ port: 5432 }] },
};

function endpoints(ips: readonly string[], metadata: Partial<Endpoints['metadata']> = {}): Endpoints {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'db', namespace: 'default', uid: 'uid-of-db', ...metadata },
    subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 5432, protocol: 'TCP' }] }],
  };
}

const named = (slice: EndpointSlice, name: string): EndpointSlice => ({
  ...slice,
  metadata: { ...slice.metadata, name },
});

describe('hand-made Endpoints', () => {
  it('are mirrored for a Service without selector, unless they say otherwise', () => {
    const one = endpoints(['192.168.1.5']);
    assert.equal(isMirrored(one, SERVICE), true);
    assert.equal(isMirrored(one, undefined), false);
    assert.equal(isMirrored(one, { ...SERVICE, spec: { ...SERVICE.spec, selector: { app: 'db' } } }), false);
    const skipped = endpoints([], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } });
    assert.equal(isMirrored(skipped, SERVICE), false);
    const lock = endpoints([], { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } });
    assert.equal(isMirrored(lock, SERVICE), false);
  });

  it('become one slice an address family, which follows their changes and stays when they do', () => {
    const actions = planMirror(endpoints(['192.168.1.5', 'fd00::5']), []);
    assert.deepEqual(
      actions.map(({ do: what, slice }) => [what, slice.addressType, slice.endpoints?.[0]?.addresses]),
      [
        ['create', 'IPv4', ['192.168.1.5']],
        ['create', 'IPv6', ['fd00::5']],
      ],
    );
    const slices = actions.map(({ slice }, index) => named(slice, `db-${index}`));
    assert.deepEqual(planMirror(endpoints(['192.168.1.5', 'fd00::5']), slices), []);
    const changed = planMirror(endpoints(['192.168.1.6']), slices);
    assert.deepEqual(
      changed.map(({ do: what, slice }) => [what, slice.metadata.name]),
      [
        ['update', 'db-0'],
        ['delete', 'db-1'],
      ],
    );
  });
});
