import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { PODS, REPLICATION_CONTROLLERS, SERVICES } from './lib/kinds.ts';
import { Pods } from './lib/pods.ts';
import { porter } from './lib/porter.ts';
import { expectReady } from './lib/replicas.ts';

const LABELS = { app: 'porter' };
const ATTEMPTS = 20;

conformance(
  '[sig-network] Proxy version v1 should proxy through a service and a pod [Conformance]',
  async (context) => {
    const link = (name: string) => ({ text: `<a href="/${name}">test</a>`, type: 'text/html' });
    const spec = await porter(context, [
      { port: 1080, ...link('rewriteme') },
      { port: 160, text: 'foo' },
      { port: 162, text: 'bar' },
      { port: 443, ...link('tlsrewriteme'), tls: true },
      { port: 460, text: 'tls baz', tls: true },
      { port: 462, text: 'tls qux', tls: true },
    ]);
    const ports = [
      { name: 'portname1', port: 80, targetPort: 'port-160' },
      { name: 'portname2', port: 81, targetPort: 162 },
      { name: 'tlsportname1', port: 443, targetPort: 'port-460' },
      { name: 'tlsportname2', port: 444, targetPort: 462 },
    ];
    await context.all(SERVICES).create({ metadata: { name: 'proxied' }, spec: { selector: LABELS, ports } });
    await context.all(REPLICATION_CONTROLLERS).create({
      metadata: { name: 'porter' },
      spec: { replicas: 1, selector: LABELS, template: { metadata: { labels: LABELS }, spec } },
    });
    const [pod] = await context.eventually(() => expectReady(context.all(PODS), 'app=porter', 1), 120_000);
    const root = `/api/v1/namespaces/${context.namespace}`;
    const service = (place: string) => `${root}/services/${place}/proxy`;
    const of = (scheme: string, port: string) => {
      const name = pod?.metadata.name ?? '';
      return `${root}/pods/${scheme ? `${scheme}:${name}:${port}` : [name, port].filter(Boolean).join(':')}/proxy`;
    };
    const leadsBack = (path: string, name: string) => [path, `<a href="${path}/${name}">test</a>`] as const;
    const expected = [
      [service('proxied:portname1'), 'foo'],
      [service('http:proxied:portname1'), 'foo'],
      [service('proxied:80'), 'foo'],
      [service('proxied:portname2'), 'bar'],
      [service('http:proxied:portname2'), 'bar'],
      [service('https:proxied:tlsportname1'), 'tls baz'],
      [service('https:proxied:tlsportname2'), 'tls qux'],
      leadsBack(of('', ''), 'rewriteme'),
      leadsBack(of('', '1080'), 'rewriteme'),
      leadsBack(of('http', '1080'), 'rewriteme'),
      [of('', '160'), 'foo'],
      [of('http', '160'), 'foo'],
      [of('', '162'), 'bar'],
      [of('http', '162'), 'bar'],
      leadsBack(of('https', '443'), 'tlsrewriteme'),
      [of('https', '460'), 'tls baz'],
      [of('https', '462'), 'tls qux'],
    ] as const;
    await context.eventually(async () => assert.equal((await ask(context, 'GET', `${expected[0][0]}/`)).text, 'foo'));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++)
      await Promise.all(
        expected.map(async ([path, text]) =>
          assert.deepEqual(await ask(context, 'GET', `${path}/`), { code: 200, text }, path),
        ),
      );
  },
);

conformance(
  '[sig-network] Proxy version v1 A set of valid responses are returned for both pod and service Proxy [Conformance]',
  async (context) => {
    const places = await echoes(context);
    for (const place of places) {
      for (const method of ['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT'])
        await expectEcho(context, method, `${place}?method=${method}`);
      for (const method of ['GET', 'HEAD'])
        assert.equal((await ask(context, method, `${place}?method=${method}`)).code, 301);
    }
  },
);

conformance(
  '[sig-network] Proxy version v1 A set of valid responses are returned for both pod and service ProxyWithPath [Conformance]',
  async (context) => {
    for (const place of await echoes(context))
      for (const method of ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])
        await expectEcho(context, method, `${place}/some/path/with/${method}`);
  },
);

async function ask({ connection }: Context, method: string, path: string): Promise<{ code: number; text: string }> {
  const { code, text } = await connection.send(method, path, { accept: '*/*' });
  return { code, text };
}

/** A pod that says how it was asked, and a Service of it. @returns the paths of their proxies */
async function echoes(context: Context): Promise<string[]> {
  const pods = new Pods(context);
  const spec = await porter(context, [
    { port: 80, text: '{"method":"$request_method","body":"foo"}', type: 'application/json' },
  ]);
  await pods.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'echo', labels: LABELS }, spec });
  const ports = [{ port: 80, targetPort: 80, protocol: 'TCP' as const }];
  await context.all(SERVICES).create({ metadata: { name: 'echo-service' }, spec: { selector: LABELS, ports } });
  await pods.ready('echo', 120_000);
  const root = `/api/v1/namespaces/${context.namespace}`;
  return [`${root}/pods/echo/proxy`, `${root}/services/echo-service/proxy`];
}

async function expectEcho(context: Context, method: string, path: string): Promise<void> {
  await context.eventually(async () => {
    const { code, text } = await ask(context, method, path);
    assert.equal(code, 200, text);
    if (method !== 'HEAD') assert.deepEqual(JSON.parse(text), { method, body: 'foo' });
  });
}
