import assert from 'node:assert/strict';
import { aNode } from '../../../test/lib/builders.ts';
import type { EndpointSlice } from '../../api/types.ts';
import { peerOf, sharedService, sharedSlice } from './shared-objects.ts';

describe('peerOf', () => {
  const node = aNode('pi-1', { labels: { secret: 'x' }, spec: { podCIDR: '10.42.3.0/24' } });
  const addresses = [
    { type: 'Hostname', address: 'pi-1' },
    { type: 'InternalIP', address: '192.168.77.13' },
  ];

  it('is name, range and address, and nothing else of the Node', () => {
    assert.deepEqual(peerOf({ ...node, status: { ...node.status, addresses } }), {
      apiVersion: 'v1',
      kind: 'Peer',
      metadata: { name: 'pi-1' },
      spec: { podCIDR: '10.42.3.0/24', internalIP: '192.168.77.13' },
    });
  });

  it('is nothing for a node without a range or an address', () => {
    assert.equal(peerOf(node), undefined);
    assert.equal(peerOf({ ...node, spec: {}, status: { addresses } }), undefined);
  });
});

describe('what nodes are told of Services', () => {
  it('is spec and addresses, not what people and clients keep on the object', () => {
    const metadata = { name: 'web', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
    const shared = sharedService({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, resourceVersion: '7', annotations: { note: 'x' } },
      spec: { type: 'LoadBalancer' },
      status: { loadBalancer: { ingress: [{ ip: '192.168.77.11' }] }, conditions: [] },
    });
    assert.deepEqual(shared.metadata, metadata);
    assert.deepEqual(shared.status, { loadBalancer: { ingress: [{ ip: '192.168.77.11' }] } });
  });

  it('is of a slice where its endpoints are and how they are, for a Service alone', () => {
    const slice: EndpointSlice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web', team: 'a' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.42.0.2'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'p' } }],
      ports: [{ port: 80 }],
    };
    const shared = sharedSlice(slice);
    assert.deepEqual(shared?.metadata.labels, { 'kubernetes.io/service-name': 'web' });
    assert.deepEqual(shared?.endpoints, [{ addresses: ['10.42.0.2'], conditions: { ready: true } }]);
    assert.equal(sharedSlice({ ...slice, metadata: { name: 'orphan' } }), undefined);
  });
});
