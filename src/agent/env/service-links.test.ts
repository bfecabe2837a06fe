import assert from 'node:assert/strict';
import type { Pod, Service } from '../../api/types.ts';
import { serviceLinks } from './service-links.ts';

function service(name: string, spec: Partial<Service['spec']> = {}, namespace = 'shop'): Service {
  const given = { clusterIP: '10.43.0.7', ports: [{ port: 80 }], ...spec };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: given };
}

const API = service('kubernetes', { clusterIP: '10.43.0.1', ports: [{ name: 'https', port: 443 }] }, 'default');

function pod(namespace = 'shop', enableServiceLinks?: boolean): Pod {
  const links = enableServiceLinks === undefined ? {} : { enableServiceLinks };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace }, spec: { containers: [], ...links } };
}

describe('service links', () => {
  it('tells of every port, and of the first one in particular', () => {
    const ports = [
      { name: 'http-alt', port: 80 },
      { port: 53, protocol: 'UDP' as const },
    ];
    assert.deepEqual(Object.fromEntries(serviceLinks([service('my-db', { ports })], pod())), {
      MY_DB_SERVICE_HOST: '10.43.0.7',
      MY_DB_SERVICE_PORT: '80',
      MY_DB_SERVICE_PORT_HTTP_ALT: '80',
      MY_DB_PORT: 'tcp://10.43.0.7:80',
      MY_DB_PORT_80_TCP: 'tcp://10.43.0.7:80',
      MY_DB_PORT_80_TCP_PROTO: 'tcp',
      MY_DB_PORT_80_TCP_PORT: '80',
      MY_DB_PORT_80_TCP_ADDR: '10.43.0.7',
      MY_DB_PORT_53_UDP: 'udp://10.43.0.7:53',
      MY_DB_PORT_53_UDP_PROTO: 'udp',
      MY_DB_PORT_53_UDP_PORT: '53',
      MY_DB_PORT_53_UDP_ADDR: '10.43.0.7',
    });
  });

  const own = service('kubernetes', { clusterIP: '10.43.0.9' });
  const cases: [title: string, services: Service[], of: Pod, hosts: string[]][] = [
    [
      'takes those of the own namespace and the API',
      [service('a'), service('b', {}, 'other'), API],
      pod(),
      ['A', 'API'],
    ],
    ['takes the API alone without links', [service('a'), API], pod('shop', false), ['API']],
    [
      'takes the API alone without links in its own namespace',
      [service('a', {}, 'default'), API],
      pod('default', false),
      ['API'],
    ],
    [
      'leaves out what has no address',
      [service('a', { clusterIP: 'None' }), service('b', { clusterIP: '' })],
      pod(),
      [],
    ],
    ['prefers a Service of the own namespace by the API’s name', [own, API], pod(), ['OWN']],
    ['prefers it in any order', [API, own], pod(), ['OWN']],
  ];
  const words: Record<string, string> = { '10.43.0.1': 'API', '10.43.0.7': 'A', '10.43.0.9': 'OWN' };
  for (const [title, services, of, hosts] of cases) {
    it(title, () => {
      const found = [...serviceLinks(services, of)].filter(([name]) => name.endsWith('_SERVICE_HOST'));
      assert.deepEqual(found.map(([, address]) => words[address]).sort(), hosts);
    });
  }
});
