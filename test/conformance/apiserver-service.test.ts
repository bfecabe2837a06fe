import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from './lib/kinds.ts';

conformance('[sig-network] API Server should provide secure master service [Conformance]', async (context) => {
  await context.in('default', SERVICES).get('kubernetes');
});

conformance(
  '[sig-network] API Server should have Endpoints and EndpointSlices pointing to API Server [Conformance]',
  async (context) => {
    const { spec } = await context.in('default', SERVICES).get('kubernetes');
    const https = spec.ports?.find(({ name }) => name === 'https');
    assert.equal(https?.port, 443);
    const { subsets } = await context.in('default', ENDPOINTS).get('kubernetes');
    const labelSelector = 'kubernetes.io/service-name=kubernetes';
    const { items } = await context.in('default', ENDPOINT_SLICES).list({ labelSelector });
    const port = https?.targetPort;
    const ofEndpoints = (subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
      ports.some((each) => each.name === 'https' && each.port === port) ? addresses.map(({ ip }) => ip) : [],
    );
    const ofSlices = items.flatMap(({ endpoints, ports }) =>
      ports?.some((each) => each.name === 'https' && each.port === port)
        ? (endpoints ?? []).flatMap(({ addresses }) => addresses)
        : [],
    );
    assert.ok(ofEndpoints.length > 0);
    assert.deepEqual(ofSlices.sort(), ofEndpoints.sort());
  },
);
