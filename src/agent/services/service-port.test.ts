import assert from 'node:assert/strict';
import { nodeOwnPorts } from '../../api/kinds/service/own-ports.ts';
import type { Service } from '../../api/types.ts';
import { type NodePlace, servicePorts } from './service-port.ts';

const PLACE: NodePlace = {
  nodeName: 'n1',
  nodeIp: '192.168.1.11',
  guard: { addresses: new Set(['192.168.1.11', '192.168.1.12']), ports: nodeOwnPorts([7443]) },
};

function aService(name: string, second: number, spec: Partial<Service['spec']>, ips: string[] = []): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', creationTimestamp: `2026-01-01T00:00:0${second}Z` },
    spec: { type: 'LoadBalancer', clusterIP: '10.43.0.100', ports: [{ port: 80 }], ...spec },
    status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
  };
}

describe('what a node serves of Services', () => {
  it('are load balancers’ addresses and external ones apart, none twice', () => {
    const [port] = servicePorts(
      [aService('web', 1, { externalIPs: ['192.168.1.11', '203.0.113.1'] }, ['192.168.1.12', '192.168.1.11'])],
      [],
      PLACE,
    );
    assert.deepEqual(port?.balancedIps, ['192.168.1.11', '192.168.1.12']);
    assert.deepEqual(port?.externalIps, ['203.0.113.1']);
  });

  it('is not what nodes need themselves, at any node’s address', () => {
    const spec = {
      ports: [22, 6443, 7443].map((port) => ({ name: `p${port}`, port })),
      externalIPs: ['192.168.1.12', '203.0.113.1'],
    };
    for (const { balancedIps, externalIps } of servicePorts([aService('web', 1, spec, ['192.168.1.11'])], [], PLACE)) {
      assert.deepEqual(balancedIps, []);
      assert.deepEqual(externalIps, ['203.0.113.1']);
    }
  });

  it('comes by age where others may want the same', () => {
    const all = [
      aService('inner', 0, { type: 'ClusterIP' }),
      aService('young', 2, { externalIPs: ['203.0.113.1'] }),
      aService('old', 1, { externalIPs: ['203.0.113.1'] }),
    ];
    assert.deepEqual(
      servicePorts(all, [], PLACE).map(({ id }) => id),
      ['default/old:', 'default/young:', 'default/inner:'],
    );
  });
});
