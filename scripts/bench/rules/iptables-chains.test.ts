import assert from 'node:assert/strict';
import { type PeerService, renderChains } from './iptables-chains.ts';

const [ONE, OTHER]: [PeerService, PeerService] = [
  {
    clusterIp: '10.43.0.1',
    port: 80,
    targets: [
      { ip: '10.42.0.2', port: 8080 },
      { ip: '10.42.0.3', port: 8080 },
    ],
  },
  { clusterIp: '10.43.0.2', port: 80, targets: [{ ip: '10.42.0.2', port: 8080 }] },
];

describe("the peer's chains", () => {
  it('draw each endpoint with the same chance', () => {
    const text = renderChains([ONE], '10.42.0.0/16');
    assert.match(text, /^-A KUBE-SERVICES -d 10\.43\.0\.1\/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-0a2b0001-80$/m);
    assert.match(
      text,
      /^-A KUBE-SVC-0a2b0001-80 -m statistic .* --probability 0\.50000000000 -j KUBE-SEP-0a2b0001-80-0$/m,
    );
    assert.match(text, /^-A KUBE-SVC-0a2b0001-80 -j KUBE-SEP-0a2b0001-80-1$/m);
    assert.match(text, /^-A KUBE-SEP-0a2b0001-80-1 -p tcp -m tcp -j DNAT --to-destination 10\.42\.0\.3:8080$/m);
  });

  it('are declared, and so flushed, for changed Services alone, while all are dispatched', () => {
    const text = renderChains([ONE, OTHER], '10.42.0.0/16', [OTHER]);
    assert.equal(text.match(/^-A KUBE-SERVICES /gm)?.length, 2);
    assert.deepEqual(text.match(/^:\S+/gm), [':KUBE-SERVICES', ':KUBE-SVC-0a2b0002-80', ':KUBE-SEP-0a2b0002-80-0']);
  });
});
