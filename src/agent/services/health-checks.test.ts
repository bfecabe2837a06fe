import assert from 'node:assert/strict';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { answerOf, healthChecks } from './health-checks.ts';

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31_000 },
};

function slice(...endpoints: [ip: string, nodeName: string, ready?: boolean][]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ port: 80 }],
    endpoints: endpoints.map(([ip, nodeName, ready]) => ({ addresses: [ip], nodeName, conditions: { ready } })),
  };
}

const countOf = (...slices: EndpointSlice[]) => healthChecks([service], slices, 'n1').get(31_000)?.localEndpoints;

describe('a health check node port', () => {
  it('counts the ready endpoints of this node, each once', () => {
    assert.equal(countOf(), 0);
    assert.equal(countOf(slice(['10.42.1.2', 'n1', true], ['10.42.1.3', 'n1', false], ['10.42.2.2', 'n2', true])), 1);
    assert.equal(countOf(slice(['10.42.1.2', 'n1', true]), slice(['10.42.1.2', 'n1', true], ['10.42.1.4', 'n1'])), 2);
    assert.equal(countOf({ ...slice(['10.42.1.2', 'n1', true]), ports: [] }), 0);
  });

  it('is for Services that keep to their nodes', () => {
    const other = { ...service, spec: { ...service.spec, externalTrafficPolicy: 'Cluster' as const } };
    assert.deepEqual([...healthChecks([other], [], 'n1').keys()], []);
  });

  it('answers as kube-proxy does', () => {
    const good = answerOf({ service, localEndpoints: 2 }, true);
    assert.equal(good.status, 200);
    assert.equal(good.headers['X-Load-Balancing-Endpoint-Weight'], '2');
    assert.equal(
      good.body,
      '{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 2,\n\t"serviceProxyHealthy": true\n}',
    );
    assert.equal(answerOf({ service, localEndpoints: 0 }, true).status, 503);
    assert.equal(answerOf({ service, localEndpoints: 2 }, false).status, 503);
  });
});
