import assert from 'node:assert/strict';
import type { EndpointSlice, Node, Pod, Service } from '../../api/types.ts';
import { parseProxyName, parseProxyPath } from './place.ts';
import { nodeTarget, podTarget, serviceTarget } from './target.ts';

const meta = (name: string) => ({ name, namespace: 'ns', uid: name });
const pod = (name: string, podIP: string, ports: number[] = []): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name),
  spec: {
    nodeName: 'pi',
    containers: [{ name: 'main', image: 'x', ports: ports.map((containerPort) => ({ containerPort })) }],
  },
  status: { podIP, podIPs: [{ ip: podIP }] },
});
const http = (name: string, port = '') => ({ scheme: 'http', name, port }) as const;

describe('the path of a proxied request', () => {
  const paths: [string, object | undefined][] = [
    [
      '/api/v1/namespaces/ns/pods/a/proxy',
      { resource: 'pods', prefix: '/api/v1/namespaces/ns/pods/a/proxy', tail: '' },
    ],
    [
      '/api/v1/namespaces/ns/services/https:a:443/proxy/x%2Fy//z/',
      { resource: 'services', prefix: '/api/v1/namespaces/ns/services/https:a:443/proxy', tail: '/x%2Fy//z/' },
    ],
    [
      '/api/v1/nodes/n:9100/proxy/metrics',
      { resource: 'nodes', prefix: '/api/v1/nodes/n:9100/proxy', tail: '/metrics' },
    ],
    ['/api/v1/namespaces/ns/pods/a/proxyx', undefined],
    ['/api/v1/namespaces/ns/secrets/a/proxy', undefined],
  ];
  for (const [path, place] of paths) it(`is read: ${path}`, () => assert.deepEqual(parseProxyPath(path), place));

  const names: [string, object][] = [
    ['a', http('a')],
    ['a:80', http('a', '80')],
    ['a:web', http('a', 'web')],
    [':a:80', http('a', '80')],
    ['https:a:', { scheme: 'https', name: 'a', port: '' }],
  ];
  for (const [text, name] of names)
    it(`names a server: ${text}`, () => assert.deepEqual(parseProxyName('pod', text), name));
  for (const text of ['ftp:a:80', ':80', 'http:a:80:x', 'http::80'])
    it(`names none: ${text}`, () =>
      assert.throws(() => parseProxyName('pod', text), {
        reason: 'BadRequest',
        message: `invalid pod request "${text}"`,
      }));
});

describe('the server that a proxied request goes to', () => {
  const portOf = (port: string, ...declared: number[]) =>
    podTarget(http('a', port), pod('a', '10.0.0.1', declared)).port;

  it('is at the port that is named, else at the first that the pod declares, else at 80', () => {
    assert.equal(portOf('8080', 1080), 8080);
    assert.equal(portOf('', 1080, 80), 1080);
    assert.equal(portOf(''), 80);
    assert.equal(podTarget({ ...http('a'), scheme: 'https' }, pod('a', '10.0.0.1')).port, 443);
    assert.throws(() => portOf('web'), { reason: 'ServiceUnavailable', message: /unknown port/ });
  });

  for (const address of ['', '127.0.0.1', '169.254.169.254', '::1', 'fe80::1', '224.0.0.1'])
    it(`is never at ${address || 'no address'}`, () =>
      assert.throws(() => podTarget(http('a'), pod('a', address)), {
        reason: 'BadRequest',
        message: 'address not allowed',
      }));

  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('s'),
    spec: { ports: [{ port: 80, name: 'web' }] },
  };
  const slice = (address: string, podName: string | undefined, ready = true): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta('s-1'),
    addressType: 'IPv4',
    ports: [{ name: 'web', port: 8080 }],
    endpoints: [
      {
        addresses: [address],
        conditions: { ready },
        ...(podName ? { targetRef: { kind: 'Pod', namespace: 'ns', name: podName } } : {}),
      },
    ],
  });
  const pods = new Map([['a', pod('a', '10.0.0.1')]]);
  const of = (port: string, ...slices: EndpointSlice[]) =>
    serviceTarget(http('s', port), { service, slices, pod: (name) => pods.get(name), random: () => 0.5 });

  it('is a ready pod behind the port of the Service, by name or number', () => {
    for (const port of ['web', '80']) {
      const target = of(port, slice('10.0.0.1', 'a'));
      assert.deepEqual([target.address, target.port, target.nodeName], ['10.0.0.1', 8080, 'pi']);
    }
  });

  const none: [string, EndpointSlice[]][] = [
    ['there are no endpoints', []],
    ['the pod is not ready', [slice('10.0.0.1', 'a', false)]],
    ['the endpoint is no pod', [slice('10.9.9.9', undefined)]],
    ['the address is not the pod’s', [slice('10.9.9.9', 'a')]],
    ['the pod is gone', [slice('10.0.0.2', 'b')]],
  ];
  for (const [why, slices] of none)
    it(`is none when ${why}`, () =>
      assert.throws(() => of('web', ...slices), {
        reason: 'ServiceUnavailable',
        message: 'no endpoints available for service "s"',
      }));

  it('is none at a port that the Service has not', () => {
    assert.throws(() => of('81', slice('10.0.0.1', 'a')), { message: 'no service port 81 found for service "s"' });
    assert.throws(() => of('', slice('10.0.0.1', 'a')), { message: 'no endpoints available for service "s"' });
  });

  it('is a port of a node, not its kubelet', () => {
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'pi' },
      spec: {},
      status: { addresses: [{ type: 'InternalIP', address: '10.1.1.1' }] },
    };
    assert.deepEqual(nodeTarget(http('pi', '9100'), node), {
      scheme: 'http',
      nodeName: 'pi',
      pod: undefined,
      address: '10.1.1.1',
      port: 9100,
    });
    for (const port of ['', '10250'])
      assert.throws(() => nodeTarget(http('pi', port), node), { reason: 'NotFound', message: /serves no kubelet API/ });
  });
});
