import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { freePort } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, job, pod, script, shell } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

/** Answers every request on its port with the words. */
const WEB = (port: number, words: string) =>
  `mkdir /www; echo ${words} > /www/index.html; trap exit TERM; httpd -f -p ${port} -h /www & wait`;

describe('the network of a pod', () => {
  let space: PodSpace;
  let ports: { published: number; taken: number; host: number };
  let squatter: Server;
  const output = async (name: string) => {
    await space.phase(name, 'Succeeded');
    return space.logs(name);
  };

  before(async () => {
    space = await PodSpace.open(cluster, 'network');
    ports = { published: await freePort(), taken: await freePort(), host: await freePort() };
    squatter = createServer();
    await new Promise<void>((done) => squatter.listen(ports.taken, '0.0.0.0', done));
    const published = (hostPort: number) => ({ ports: [{ containerPort: 8080, hostPort }] });
    await space.apply(
      job('names', 'hostname; cat /etc/hosts', {
        hostname: 'web-0',
        subdomain: 'web',
        hostAliases: [{ ip: '10.1.2.3', hostnames: ['printer', 'printer.home'] }],
      }),
      job('full-name', 'hostname', { hostname: 'web-0', subdomain: 'web', setHostnameAsFQDN: true }),
      job('plain', 'hostname; hostname -i'),
      job('dns-default', 'cat /etc/resolv.conf', { dnsPolicy: 'Default' }),
      job('dns-none', 'cat /etc/resolv.conf', {
        dnsPolicy: 'None',
        dnsConfig: {
          nameservers: ['192.0.2.53'],
          searches: ['example.org', 'home'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
        },
      }),
      job('dns-more', 'cat /etc/resolv.conf', {
        dnsConfig: { nameservers: ['192.0.2.54'], options: [{ name: 'ndots', value: '3' }] },
      }),
      script('on-host', `hostname; ${WEB(ports.host, 'from the node')}`, { hostNetwork: true }),
      pod('neighbours', [
        shell('web', WEB(8080, 'from next door')),
        shell('main', `hostname; until wget -qO- http://127.0.0.1:8080/ 2>/dev/null; do sleep 0.1; done; ${IDLE}`),
      ]),
      script('server', WEB(8080, 'published'), {}, published(ports.published)),
      script('wants-taken', IDLE, {}, published(ports.taken)),
    );
  });

  after(async () => {
    squatter.close();
    await space.close();
  });

  it('names it as hostname and subdomain say, and knows its aliases', async () => {
    const text = await output('names');
    const { status } = await space.get('names');
    assert.match(text, /^web-0\n# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/);
    assert.ok(text.includes(`\n${status?.podIP}\tweb-0.web.${space.namespace}.svc.cluster.local\tweb-0\n`));
    assert.ok(text.endsWith('\n# Entries added by HostAliases.\n10.1.2.3\tprinter\tprinter.home\n'));
  });

  it('names it in full with setHostnameAsFQDN', async () => {
    assert.equal(await output('full-name'), `web-0.web.${space.namespace}.svc.cluster.local\n`);
  });

  it('names it after the pod else, and resolves that name to its address', async () => {
    const text = await output('plain');
    const { status } = await space.get('plain');
    assert.equal(text, `plain\n${status?.podIP}\n`);
    assert.deepEqual(status?.podIPs, [{ ip: status?.podIP }]);
  });

  it('asks whom the node asks with dnsPolicy Default', async () => {
    const servers = (text: string) => text.match(/^nameserver .*$/gm);
    const own = servers(readFileSync('/etc/resolv.conf', 'utf8'))?.filter(
      (line) => !line.startsWith('nameserver 127.'),
    );
    if (own?.length) assert.deepEqual(servers(await output('dns-default')), own.slice(0, 3));
    else assert.ok(await output('dns-default'));
  });

  it('asks only whom dnsConfig names with dnsPolicy None', async () => {
    assert.equal(await output('dns-none'), 'search example.org home\nnameserver 192.0.2.53\noptions ndots:2 edns0\n');
  });

  it('adds what dnsConfig names to ClusterFirst', async () => {
    const text = await output('dns-more');
    assert.match(text, /^nameserver 192\.0\.2\.54$/m);
    assert.match(text, /^options .*\bndots:3\b/m);
  });

  it("is the node's own with hostNetwork: its address, its name, its ports", async () => {
    const { status } = await space.ready('on-host');
    assert.equal(status?.podIP, status?.hostIP);
    assert.deepEqual(status?.hostIPs, [{ ip: status?.hostIP }]);
    assert.equal(await answer(ports.host), 'from the node\n');
    assert.equal(await space.output('on-host', /\n/), `${space.cluster.nodeName}\n`);
  });

  it('is one for all its containers: localhost and hostname', async () => {
    const text = await space.output('neighbours', /next door/);
    assert.equal(text, 'neighbours\nfrom next door\n');
  });

  it('publishes a hostPort on the node', async () => {
    const { status } = await space.ready('server');
    assert.equal(await eventually(() => answer(ports.published)), 'published\n');
    assert.equal(await answer(8080, status?.podIP), 'published\n');
    await eventually(() => answer(ports.published, status?.hostIP));
  });

  it('has room for a hostPort once: a second pod waits for the first to go', async () => {
    await space.ready('server');
    await space.apply(
      script('rival', WEB(8080, 'rival'), {}, { ports: [{ containerPort: 8080, hostPort: ports.published }] }),
    );
    await space.event(
      'rival',
      /^Warning FailedScheduling 0\/1 nodes are available: 1 node\(s\) didn't have free ports for the requested pod ports\./m,
    );
    assert.equal(await space.row('rival'), '0/1 Pending 0');
    await space.ok(['delete', 'pod', 'server']);
    await space.ready('rival');
    assert.equal(await eventually(() => answer(ports.published)), 'rival\n');
  });

  it('is refused by the node to a pod that names its node itself, and wants a hostPort that a pod has', async () => {
    const { spec } = await space.ready('rival');
    const taken = [{ containerPort: 8080, hostPort: ports.published }];
    await space.apply(script('intruder', WEB(8080, 'intruder'), { nodeName: spec.nodeName }, { ports: taken }));
    const why = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
    await space.event('intruder', new RegExp(`^Warning NodePorts ${RegExp.escape(why)}`, 'm'));
    const { status } = await space.phase('intruder', 'Failed');
    assert.deepEqual(
      [status?.phase, status?.reason, status?.message],
      ['Failed', 'NodePorts', `Pod was rejected: ${why}`],
    );
  });

  it('tells of a hostPort that some other program has, and takes it when that is gone', async () => {
    await space.event(
      'wants-taken',
      /^Warning FailedCreatePodSandBox Failed to create pod sandbox: .*address already in use/m,
    );
    assert.equal(await space.row('wants-taken'), '0/1 ContainerCreating 0');
    await new Promise((done) => squatter.close(done));
    await space.ready('wants-taken');
  });
});

async function answer(port: number, host = '127.0.0.1'): Promise<string> {
  return (await fetch(`http://${host}:${port}/`, { headers: { connection: 'close' } })).text();
}
