import assert from 'node:assert/strict';
import type { PodSpec, Service } from '../../src/api/types.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { askDns, nameservers, resolve } from './lib/dns-asker.ts';
import { PODS, SERVICES } from './lib/kinds.ts';
import { askerPod, serverPod } from './lib/net-servers.ts';
import { Pods } from './lib/pods.ts';

const named = (what: string, tags = '[Conformance]') => `[sig-network] DNS should ${what} ${tags}`;
const PORTS = [{ name: 'http', port: 80, targetPort: 8080 }];

/** A pod to ask from. */
async function withAsker(context: Context, spec: Partial<PodSpec> = {}): Promise<Pods> {
  const pods = new Pods(context);
  await pods.create(askerPod('asker', spec));
  await pods.ready('asker');
  return pods;
}

function create(context: Context, name: string, spec: Partial<Service['spec']>): Promise<Service> {
  return context.all(SERVICES).create({ metadata: { name }, spec: { ports: PORTS, ...spec } });
}

async function resolvesTo(
  context: Context,
  pods: Pods,
  { name, addresses }: { name: string; addresses: readonly (string | undefined)[] },
): Promise<void> {
  await context.eventually(async () => assert.deepEqual(await resolve(pods, 'asker', name), addresses));
}

async function apiAddress(context: Context): Promise<string | undefined> {
  return (await context.in('default', SERVICES).get('kubernetes')).spec.clusterIP;
}

conformance(named('provide DNS for the cluster'), async (context) => {
  const pods = await withAsker(context);
  await resolvesTo(context, pods, {
    name: 'kubernetes.default.svc.cluster.local',
    addresses: [await apiAddress(context)],
  });
});

conformance(named('provide /etc/hosts entries for the cluster'), async (context) => {
  const pods = await withAsker(context, { hostname: 'dns-querier', subdomain: 'dns-test-service' });
  const address = await pods.address('asker');
  const hosts = await pods.exec('asker', ['cat', '/etc/hosts']);
  const fqdn = `dns-querier.dns-test-service.${context.namespace}.svc.cluster.local`;
  assert.ok(
    hosts.split('\n').some((line) => line.split(/\s+/).join(' ') === `${address} ${fqdn} dns-querier`),
    hosts,
  );
  for (const name of [fqdn, 'dns-querier']) await resolvesTo(context, pods, { name, addresses: [address] });
});

conformance(named('provide DNS for services'), async (context) => {
  const pods = await withAsker(context);
  const selector = { app: 'dns' };
  const { metadata, spec, ...server } = serverPod('server');
  await pods.create({ ...server, spec, metadata: { ...metadata, labels: selector } });
  const normal = await create(context, 'normal', { selector });
  await create(context, 'headless', { selector, clusterIP: 'None' });
  const address = await pods.address('server');
  const clusterIp = normal.spec.clusterIP ?? '';
  for (const [service, addresses] of [
    ['normal', [clusterIp]],
    ['headless', [address]],
  ] as const) {
    const fqdn = `${service}.${context.namespace}.svc.cluster.local`;
    for (const name of [service, `${service}.${context.namespace}`, `${service}.${context.namespace}.svc`, fqdn])
      await resolvesTo(context, pods, { name, addresses });
    const [srv] = await askDns(pods, 'asker', { name: `_http._tcp.${fqdn}`, type: 'SRV' });
    assert.equal(srv?.type === 'SRV' && srv.data.port, service === 'normal' ? 80 : 8080);
  }
  const reverse = `${clusterIp.split('.').reverse().join('.')}.in-addr.arpa`;
  const [pointer] = await askDns(pods, 'asker', { name: reverse, type: 'PTR' });
  assert.equal(pointer?.type === 'PTR' && pointer.data, `normal.${context.namespace}.svc.cluster.local`);
});

conformance(
  named('resolve DNS of partial qualified names for services', '[LinuxOnly] [Conformance]'),
  async (context) => {
    const pods = await withAsker(context);
    const selector = { app: 'dns' };
    const { metadata, spec, ...server } = serverPod('server');
    await pods.create({ ...server, spec, metadata: { ...metadata, labels: selector } });
    const normal = await create(context, 'normal', { selector });
    await create(context, 'headless', { selector, clusterIP: 'None' });
    const address = await pods.address('server');
    for (const suffix of ['', `.${context.namespace}`, `.${context.namespace}.svc`]) {
      await resolvesTo(context, pods, { name: `normal${suffix}`, addresses: [normal.spec.clusterIP] });
      await resolvesTo(context, pods, { name: `headless${suffix}`, addresses: [address] });
    }
  },
);

for (const [what, whole] of [
  ['Hostname', false],
  ['Subdomain', true],
] as const) {
  conformance(named(`provide DNS for pods for ${what}`), async (context) => {
    const pods = await withAsker(context);
    await create(context, 'dns-test-service', { selector: { app: 'named' }, clusterIP: 'None' });
    const names = { hostname: 'dns-querier', subdomain: 'dns-test-service' };
    const { metadata, ...server } = serverPod('server', names);
    await pods.create({ ...server, metadata: { ...metadata, labels: { app: 'named' } } });
    const addresses = [await pods.address('server')];
    const short = 'dns-querier.dns-test-service';
    const name = whole ? `${short}.${context.namespace}.svc.cluster.local` : short;
    await resolvesTo(context, pods, { name, addresses });
    await resolvesTo(context, pods, { name: 'dns-test-service', addresses });
  });
}

conformance(named('provide DNS for ExternalName services'), async (context) => {
  const pods = await withAsker(context);
  const { metadata } = await context.all(SERVICES).create({
    metadata: { name: 'outside' },
    spec: { type: 'ExternalName', externalName: 'foo.example.com' },
  });
  const name = `${metadata.name}.${context.namespace}.svc.cluster.local`;
  const leadsTo = (target: string) =>
    context.eventually(async () => {
      const [answer] = await askDns(pods, 'asker', { name, type: 'CNAME' });
      assert.equal(answer?.type === 'CNAME' && answer.data, target);
    });
  await leadsTo('foo.example.com');
  await context.all(SERVICES).patch('outside', { spec: { externalName: 'bar.example.com' } });
  await leadsTo('bar.example.com');
  const change = { type: 'ClusterIP', externalName: null, ports: PORTS };
  const { spec } = await context.all(SERVICES).patch('outside', { spec: change });
  await resolvesTo(context, pods, { name, addresses: [spec.clusterIP] });
});

conformance(named('support configurable pod DNS nameservers'), async (context) => {
  const dnsConfig = { nameservers: ['1.1.1.1'], searches: ['resolv.conf.local'] };
  const pods = await withAsker(context, { dnsPolicy: 'None', dnsConfig });
  const file = await pods.exec('asker', ['cat', '/etc/resolv.conf']);
  assert.deepEqual(nameservers(file), ['1.1.1.1']);
  assert.match(file, /^search resolv\.conf\.local$/m);
  assert.deepEqual((await context.all(PODS).get('asker')).spec.dnsConfig, dnsConfig);
});
