import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import type { Service } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { IDLE, shell } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';

const run = promisify(execFile);
const curl = async (...args: string[]) => (await run('curl', ['-s', '-m', '5', ...args])).stdout;

const LABELS = { app: 'web' };

function service(name: string, spec: Partial<Service['spec']>): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'LoadBalancer', selector: LABELS, ...spec },
  };
}

/** Ports that nobody on the machine listens on. */
const PORT = 28_080;
const ports = (port = PORT) => [{ port, targetPort: 80 }];

describe('a Service of type LoadBalancer', () => {
  let space: PodSpace;
  let address: string;
  const externalIp = async (name: string) =>
    (await space.ok(['get', 'svc', name, '--no-headers'])).trim().split(/\s+/)[3];
  const hasAddress = (name: string) => eventually(async () => assert.equal(await externalIp(name), address));
  const isServed = (port = PORT) =>
    eventually(async () => assert.match(await curl(`http://${address}:${port}/`), /Welcome to nginx/));
  const describeOf = (name: string) => space.ok(['describe', 'svc', name]);
  const conditionsOf = async (name: string) =>
    (JSON.parse(await space.ok(['get', 'svc', name, '-o', 'json'])) as Service).status?.conditions ?? [];

  before(async () => {
    space = await PodSpace.open(cluster, 'load-balancer');
    const web = { name: 'main', image: 'nginx:latest', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 } };
    await space.apply(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', labels: LABELS },
        spec: { terminationGracePeriodSeconds: 1, containers: [web] },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'client' },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ ...shell('main', IDLE), image: 'nginx:latest' }] },
      },
    );
    await space.ready('web');
    await space.ready('client');
    address = await space.ok(['get', 'node', cluster.nodeName, '-o', 'jsonpath={.status.addresses[0].address}']);
  });

  after(() => space.close());

  afterEach('remove its Services', () => space.ok(['delete', 'svc', '--all']));

  it('is reached at the node’s address, from there and from pods, and nobody warns', async () => {
    assert.equal(await space.apply(service('web', { ports: ports() })), '');
    await hasAddress('web');
    await isServed();
    const seen = await space.ok(['exec', 'client', '--', 'curl', '-s', '-m', '5', `http://${address}:${PORT}/`]);
    assert.match(seen, /Welcome to nginx/);
    const text = await describeOf('web');
    assert.match(text, new RegExp(`LoadBalancer Ingress: +${address.replaceAll('.', '\\.')} \\(VIP\\)`));
    assert.match(text, /Normal +EnsuringLoadBalancer .*service-controller +Ensuring load balancer/);
    assert.match(text, /Normal +EnsuredLoadBalancer .*service-controller +Ensured load balancer/);
  });

  it('is let go when it becomes of another type', async () => {
    await space.apply(service('web', { ports: ports() }));
    await hasAddress('web');
    await isServed();
    await space.ok(['patch', 'svc', 'web', '-p', '{"spec":{"type":"ClusterIP"}}']);
    await eventually(async () => assert.equal(await externalIp('web'), '<none>'));
    await eventually(() => assert.rejects(curl(`http://${address}:${PORT}/`)));
    assert.match((await space.events('web')).join('\n'), /DeletingLoadBalancer[\s\S]*DeletedLoadBalancer/);
  });

  it('waits for a port that an older one has, says whose it is, and gets it when that one goes', async () => {
    await space.apply(service('first', { ports: ports() }));
    await hasAddress('first');
    await space.apply(service('second', { ports: ports() }));
    const words = `port ${PORT}/TCP is taken by Service ${space.namespace}/first`;
    await space.event('second', new RegExp(`Warning SyncLoadBalancerFailed Error syncing load balancer: ${words}`));
    assert.equal(await externalIp('second'), '<pending>');
    const [condition] = await conditionsOf('second');
    assert.deepEqual([condition?.type, condition?.reason], ['LoadBalancerPortsError', 'PortInUse']);
    await space.ok(['delete', 'svc', 'first']);
    await hasAddress('second');
    await isServed();
    assert.deepEqual(await conditionsOf('second'), []);
  });

  it('does not get the ports that nodes need themselves', async () => {
    for (const port of [6443, 6444, cluster.grpcPort]) {
      await space.apply(service(`port-${port}`, { ports: ports(port) }));
      await space.event(
        `port-${port}`,
        new RegExp(`Warning SyncLoadBalancerFailed .*port ${port}/TCP is one that nodes need`),
      );
      assert.equal(await externalIp(`port-${port}`), '<pending>');
    }
  });

  it('of somebody else’s class is left to them, without a word', async () => {
    const loadBalancerClass = 'example.com/cloud';
    assert.equal(await space.apply(service('foreign', { ports: ports(), loadBalancerClass })), '');
    await space.apply(service('ours', { ports: ports() }));
    await hasAddress('ours');
    assert.equal(await externalIp('foreign'), '<pending>');
    assert.deepEqual(await space.events('foreign'), []);
  });

  it('has no address while it keeps to nodes without endpoints', async () => {
    const selector = { app: 'nobody' };
    await space.apply(service('local', { ports: ports(), externalTrafficPolicy: 'Local', selector }));
    await space.event('local', /Warning UnAvailableLoadBalancer There are no available nodes for LoadBalancer/);
    await space.ok(['patch', 'svc', 'local', '-p', JSON.stringify({ spec: { selector: LABELS } })]);
    await hasAddress('local');
    await isServed();
  });

  it('is asked for its health on a port of its own, as long as that is there', async () => {
    await space.apply(service('local', { ports: ports(), externalTrafficPolicy: 'Local' }));
    const { spec } = JSON.parse(await space.ok(['get', 'svc', 'local', '-o', 'json'])) as Service;
    const url = `http://${address}:${spec.healthCheckNodePort}/healthz`;
    const answers = (status: number, localEndpoints: number) =>
      eventually(async () => {
        const [body = '', code] = (await curl('-w', '\\n--%{http_code}', url)).split('\n--');
        const about = { namespace: space.namespace, name: 'local' };
        assert.deepEqual(JSON.parse(body), { service: about, localEndpoints, serviceProxyHealthy: true });
        assert.equal(Number(code), status);
      });
    await answers(200, 1);
    await space.ok(['patch', 'svc', 'local', '-p', '{"spec":{"selector":{"app":"nobody"}}}']);
    await answers(503, 0);
    await space.ok(['delete', 'svc', 'local']);
    await eventually(() => assert.rejects(curl(url)));
  });

  it('says that somebody else is on the port that its health is asked at, and takes it when it is free', async () => {
    const healthCheckNodePort = 32_099;
    const squatter = createServer().listen(healthCheckNodePort);
    await once(squatter, 'listening');
    try {
      await space.apply(service('local', { ports: ports(), externalTrafficPolicy: 'Local', healthCheckNodePort }));
      await space.event('local', /Warning FailedToStartServiceHealthcheck node .* on port 32099: .*EADDRINUSE/);
    } finally {
      squatter.close();
    }
    await eventually(async () =>
      assert.match(await curl(`http://${address}:${healthCheckNodePort}/`), /localEndpoints/),
    );
  });

  it('lets in whom its source ranges name, in whatever family, and nobody else', async () => {
    const ranges = (...loadBalancerSourceRanges: string[]) =>
      space.apply(service('fenced', { ports: ports(), loadBalancerSourceRanges }));
    await ranges(`${address}/32`, '2001:db8::/64');
    await hasAddress('fenced');
    await isServed();
    const fromPod = ['exec', 'client', '--', 'curl', '-sS', '-m', '2', `http://${address}:${PORT}/`];
    assert.match((await space.kubectl(fromPod)).stderr, /timed out/);
    await ranges('203.0.113.0/24', '203.0.113.7/32');
    await eventually(() =>
      assert.rejects(run('curl', ['-s', '-m', '1', `http://${address}:${PORT}/`]), /code 28|Command failed/),
    );
    await ranges(`${address}/24`, '10.0.0.0/8');
    await isServed();
    await eventually(async () => assert.match(await space.ok(fromPod), /Welcome to nginx/));
  });

  it('does not lose its node’s own ports to somebody’s external address', async () => {
    const name = 'thief';
    await space.apply(
      service(name, {
        type: 'ClusterIP',
        ports: [...ports().map((port) => ({ ...port, name: 'a' })), { name: 'b', port: 6444, targetPort: 80 }],
        externalIPs: [address],
      }),
    );
    await isServed();
    await space.event(
      name,
      /Warning ExternalIPsRefused spec.externalIPs: port 6444\/TCP is one that nodes need themselves/,
    );
    const { stdout } = await run('nft', ['list', 'map', 'ip', 'btest', 'svc']);
    assert.match(stdout, new RegExp(`${address.replaceAll('.', '\\.')} \\. tcp \\. ${PORT} `));
    assert.doesNotMatch(stdout, new RegExp(`${address.replaceAll('.', '\\.')} \\. tcp \\. 6444 `));
  });

  it('says when the address it asks for is in no network of the nodes', async () => {
    await space.apply(service('lost', { ports: ports(), loadBalancerIP: '203.0.113.7' }));
    await space.event('lost', /Warning SyncLoadBalancerFailed .*203\.0\.113\.7 is in no network of the nodes/);
    assert.equal(await externalIp('lost'), '<pending>');
  });
});
