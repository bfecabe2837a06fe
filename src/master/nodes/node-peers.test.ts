import assert from 'node:assert/strict';
import { aNode } from '../../../test/lib/builders.ts';
import { peerOf } from './node-peers.ts';

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
