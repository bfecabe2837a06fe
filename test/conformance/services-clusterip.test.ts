import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { ENDPOINTS } from './lib/kinds.ts';
import { ServiceServers } from './lib/service-servers.ts';

conformance('[sig-network] Services should serve a basic endpoint from pods [Conformance]', async (context) => {
  const servers = new ServiceServers(context);
  await servers.asker();
  const { spec } = await servers.create('basic', { ports: [{ port: 80, targetPort: 8080 }] });
  const who = () => servers.who(spec.clusterIP ?? '', 80);
  await servers.endpoints('basic', {});
  await servers.server('pod1', 'basic', ['tcp:8080']);
  await servers.endpoints('basic', { pod1: [8080] });
  await servers.answering(['pod1'], who);
  await servers.answering(['pod1'], () => servers.who('basic', 80));
  await servers.server('pod2', 'basic', ['tcp:8080']);
  await servers.endpoints('basic', { pod1: [8080], pod2: [8080] });
  await servers.answering(['pod1', 'pod2'], who);
  await servers.pods.remove('pod1');
  await servers.endpoints('basic', { pod2: [8080] });
  await servers.answering(['pod2'], who);
  await servers.pods.remove('pod2');
  await servers.endpoints('basic', {});
});

conformance('[sig-network] Services should serve multiport endpoints from pods [Conformance]', async (context) => {
  const servers = new ServiceServers(context);
  await servers.asker();
  const ports = [
    { name: 'portname1', port: 80, targetPort: 100 },
    { name: 'portname2', port: 81, targetPort: 101 },
  ];
  const { spec } = await servers.create('multi', { ports });
  await servers.endpoints('multi', {});
  for (const name of ['pod1', 'pod2']) await servers.server(name, 'multi', ['tcp:100', 'tcp:101']);
  await servers.endpoints('multi', { pod1: [100, 101], pod2: [100, 101] });
  for (const port of [80, 81]) await servers.answering(['pod1', 'pod2'], () => servers.who(spec.clusterIP ?? '', port));
  await servers.pods.remove('pod1');
  await servers.endpoints('multi', { pod2: [100, 101] });
  await servers.pods.remove('pod2');
  await servers.endpoints('multi', {});
});

conformance(
  '[sig-network] Services should serve endpoints on same port and different protocols [Conformance]',
  async (context) => {
    const servers = new ServiceServers(context);
    await servers.asker();
    const tcp = { name: 'tcp-port', port: 80, targetPort: 8080, protocol: 'TCP' as const };
    const udp = { ...tcp, name: 'udp-port', protocol: 'UDP' as const };
    const { spec } = await servers.create('both', { ports: [tcp, udp] });
    const address = spec.clusterIP ?? '';
    await servers.server('pod1', 'both', ['tcp:8080', 'udp:8080']);
    await servers.endpoints('both', { pod1: [8080, 8080] });
    await servers.answering(['pod1'], () => servers.who(address, 80));
    await servers.answering(['pod1'], () => servers.who(address, 80, 'udp'));
    await servers.change('both', { ports: [tcp] });
    await servers.endpoints('both', { pod1: [8080] });
    await servers.answering(['pod1'], () => servers.who(address, 80));
    await context.eventually(() => assert.rejects(servers.who(address, 80, 'udp')));
  },
);

conformance('[sig-network] Service endpoints latency should not be very high [Conformance]', async (context) => {
  const servers = new ServiceServers(context);
  await servers.server('replica', 'latency', ['tcp:8080']);
  const watch = await context.all(ENDPOINTS).watch();
  const createdAt = new Map<string, number>();
  const took = new Map<string, number>();
  const names = Array.from({ length: 200 }, (_, nr) => `latency-svc-${nr}`);
  const queue = [...names];
  const work = async () => {
    for (let name = queue.shift(); name; name = queue.shift()) {
      createdAt.set(name, performance.now());
      await servers.create(name, { selector: { app: 'latency' }, ports: [{ port: 80, targetPort: 8080 }] });
    }
  };
  const creating = Promise.all(Array.from({ length: 10 }, work));
  while (took.size < names.length) {
    const { object } = await watch.until(({ object: { subsets } }) => Boolean(subsets?.[0]?.addresses?.length));
    const { name } = object.metadata;
    if (!took.has(name)) took.set(name, performance.now() - (createdAt.get(name) ?? 0));
  }
  await creating;
  const sorted = [...took.values()].sort((a, b) => a - b);
  const [median = 0, p99 = 0] = [sorted[100], sorted[197]];
  assert.ok(median < 20_000, `half of them took more than ${median} ms`);
  assert.ok(p99 < 50_000, `a hundredth of them took more than ${p99} ms`);
});
