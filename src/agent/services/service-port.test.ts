import assert from 'node:assert/strict';
import { nodeOwnPorts } from '../../api/kinds/service/own-ports.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { type NodePlace, ServicePorts } from './service-port.ts';

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

function servicePorts(services: readonly Service[], slices: readonly EndpointSlice[], place: NodePlace) {
  return new ServicePorts(place).of(services, slices);
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

function aSlice(service: string, ...ips: readonly string[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ port: 8080 }],
    endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
  };
}

describe('what is made of a Service', () => {
  const [web, db] = [aService('web', 0, { type: 'ClusterIP' }), aService('db', 0, { type: 'ClusterIP' })];
  const [webSlice, dbSlice] = [aSlice('web', '10.42.0.2'), aSlice('db', '10.42.0.3')];
  const ports = new ServicePorts(PLACE);
  const [first, other] = ports.of([web, db], [webSlice, dbSlice]);

  it('is kept where neither it nor its slices changed', () => {
    const again = ports.of([web, db], [dbSlice, webSlice]);
    assert.equal(again[0], first);
    assert.equal(again[1], other);
  });

  it('is made anew where a slice was replaced, came or went', () => {
    for (const slices of [[aSlice('web', '10.42.0.9')], [webSlice, aSlice('web', '10.42.0.9')], []]) {
      const [changed, same] = ports.of([web, db], [...slices, dbSlice]);
      assert.deepEqual(changed, servicePorts([web], slices, PLACE)[0]);
      assert.notDeepEqual(changed, first);
      assert.equal(same, other);
    }
  });

  it('has no targets in a slice without ports', () => {
    const slices = [webSlice, { ...aSlice('web', '10.42.0.9'), ports: [] }];
    assert.deepEqual(
      servicePorts([web], slices, PLACE)[0]?.targets.map(({ ip }) => ip),
      ['10.42.0.2'],
    );
  });

  it('has the node port that a load balancer asks for though it wants none given', () => {
    const spec = { allocateLoadBalancerNodePorts: false, ports: [{ port: 80, nodePort: 30080 }] };
    assert.equal(servicePorts([aService('web', 0, spec)], [], PLACE)[0]?.nodePort, 30080);
  });

  it('is made anew where the Service was replaced', () => {
    const replaced = { ...web, spec: { ...web.spec, ports: [{ port: 81 }] } };
    assert.equal(ports.of([replaced], [webSlice])[0]?.port, 81);
  });
});
