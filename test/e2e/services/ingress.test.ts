import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import type { Ingress } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { EchoServer, ingress, outsider, rule } from './ingress-front.ts';

const run = promisify(execFile);

interface Seen {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe('an Ingress', () => {
  let space: PodSpace;
  let folder: string;
  let nodeIp: string;
  const servers = new Map<string, EchoServer>();

  /** curl of a URL whose host is the node, whatever its name. */
  const curl = async (url: string, ...more: string[]): Promise<string> => {
    const { http, https } = cluster.ingressPorts;
    const { protocol, hostname, pathname } = new URL(url);
    const port = protocol === 'https:' ? https : http;
    const target = `${protocol}//${hostname}:${port}${pathname}`;
    const args = ['-sS', '-m', '10', '--path-as-is', '--resolve', `${hostname}:${port}:127.0.0.1`, ...more, target];
    return (await run('curl', args)).stdout;
  };
  const code = (url: string, ...more: string[]) => curl(url, '-o', '/dev/null', '-w', '%{http_code}', ...more);
  /** Which server answers; '404' and the like when none does. */
  const who = async (url: string): Promise<string> => {
    const [body = '', status = ''] = (await curl(url, '-w', '\n%{http_code}')).split(/\n(?=\d{3}$)/);
    return status === '200' ? (JSON.parse(body) as Seen).name : status;
  };
  const answers = (expected: Readonly<Record<string, string>>) =>
    eventually(async () => {
      const found = await Promise.all(Object.keys(expected).map(async (url) => [url, await who(url)]));
      assert.deepEqual(Object.fromEntries(found), expected);
    });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bramble-ingress-'));
    space = await PodSpace.open(cluster, 'ingress');
    nodeIp = await space.ok(['get', 'node', cluster.nodeName, '-o', 'jsonpath={.status.addresses[0].address}']);
    for (const name of ['one', 'two', 'three']) {
      const server = await EchoServer.open(name);
      servers.set(name, server);
      await space.apply(...outsider(name, nodeIp, server.port));
    }
  });

  afterEach(() => space.ok(['delete', 'ingress', '--all']));

  after(async () => {
    await space.close();
    for (const server of servers.values()) await server.close();
    rmSync(folder, { recursive: true });
  });

  it('made by kubectl create is served, and shows its class, hosts and the node’s address', async () => {
    await space.ok(['create', 'ingress', 'simple', '--rule=foo.example/*=one:80']);
    await answers({ 'http://foo.example/': 'one', 'http://other.example/': '404' });
    await eventually(async () => {
      const row = await space.ok(['get', 'ingress', 'simple', '--no-headers']);
      assert.match(row, new RegExp(`^simple +bramble +foo\\.example +${nodeIp.replaceAll('.', '\\.')} +80 `));
    });
    const described = await space.ok(['describe', 'ingress', 'simple']);
    assert.match(described, /Normal +Sync +\S+ +ingress-controller +Scheduled for sync/);
    assert.match(described, new RegExp(`one:80 \\(${nodeIp}:${servers.get('one')?.port}\\)`));
  });

  it('leads by host and path: whole elements, exact ones first, then the longest', async () => {
    const paths = [
      ['/', 'Prefix', 'one'],
      ['/a', 'Prefix', 'two'],
      ['/a/b/', 'Prefix', 'three'],
      ['/a', 'Exact', 'three'],
    ] as const;
    await space.apply(
      ingress('paths', {
        rules: [
          rule('p.example', ...paths),
          rule('*.w.example', ['/', 'Prefix', 'two']),
          rule('exact.w.example', ['/e', 'ImplementationSpecific', 'three']),
        ],
      }),
    );
    await answers({
      'http://p.example/': 'one',
      'http://p.example/a': 'three',
      'http://p.example/a/': 'two',
      'http://p.example/ab': 'one',
      'http://p.example/a/b': 'three',
      'http://p.example/a/bc': 'two',
      'http://p.example/a/b/c': 'three',
      'http://x.w.example/': 'two',
      'http://y.x.w.example/': '404',
      'http://w.example/': '404',
      'http://exact.w.example/e': 'three',
      'http://exact.w.example/': 'two',
    });
  });

  it('has a default for what no rule takes', async () => {
    const defaultBackend = { service: { name: 'two', port: { name: 'http' } } };
    await space.apply(ingress('default', { defaultBackend, rules: [rule('d.example', ['/a', 'Prefix', 'one'])] }));
    await answers({ 'http://d.example/a': 'one', 'http://d.example/b': 'two', 'http://elsewhere.example/': 'two' });
  });

  it('tells the server who asks, and believes nothing of the kind that a client says', async () => {
    await space.apply(ingress('headers', { rules: [rule('h.example', ['/', 'Prefix', 'one'])] }));
    await answers({ 'http://h.example/': 'one' });
    const lies = ['-H', 'X-Forwarded-For: 6.6.6.6', '-H', 'X-Forwarded-Proto: gopher', '-H', 'Forwarded: for=6.6.6.6'];
    const { headers } = JSON.parse(await curl('https://h.example/', '-k', ...lies)) as Seen;
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'https');
    assert.equal(headers['x-forwarded-host'], `h.example:${cluster.ingressPorts.https}`);
    assert.equal(headers.forwarded, undefined);
  });

  it('shows each host its own certificate, and others the default one', async () => {
    const issue = async (host: string) => {
      const [key, crt] = [join(folder, `${host}.key`), join(folder, `${host}.crt`)];
      const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
      await run('openssl', [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        key,
        '-out',
        crt,
        ...names,
      ]);
      return { key, crt };
    };
    const hosts = ['a.example', 'b.example'];
    for (const host of hosts) {
      const { key, crt } = await issue(host);
      await space.ok(['create', 'secret', 'tls', `tls-${host[0]}`, `--key=${key}`, `--cert=${crt}`]);
    }
    await space.apply(
      ingress('tls', {
        rules: [...hosts, 'c.example'].map((host) => rule(host, ['/', 'Prefix', 'one'])),
        tls: hosts.map((host) => ({ hosts: [host], secretName: `tls-${host[0]}` })),
      }),
    );
    // Each certificate is its own authority: curl refuses all others.
    for (const host of hosts)
      await eventually(async () =>
        assert.equal(await code(`https://${host}/`, '--cacert', join(folder, `${host}.crt`)), '200'),
      );
    await assert.rejects(code('https://c.example/', '--cacert', join(folder, 'a.example.crt')), /certificate/);
    assert.equal(await code('https://c.example/', '-k'), '200');
    // A certificate that is renewed is shown as soon as the Secret has it.
    const { key, crt } = await issue('a.example');
    const secret = await space.ok([
      'create',
      'secret',
      'tls',
      'tls-a',
      `--key=${key}`,
      `--cert=${crt}`,
      '--dry-run=client',
      '-o',
      'json',
    ]);
    await space.ok(['apply', '-f', '-'], { input: secret });
    await eventually(async () => assert.equal(await code('https://a.example/', '--cacert', crt), '200'));
  });

  it('speaks HTTP/2 and lets WebSockets through', async () => {
    await space.apply(ingress('protocols', { rules: [rule('ws.example', ['/', 'Prefix', 'one'])] }));
    await answers({ 'http://ws.example/': 'one' });
    assert.equal(await curl('https://ws.example/', '-k', '-o', '/dev/null', '-w', '%{http_version}'), '2');
    const { http, https } = cluster.ingressPorts;
    for (const url of [`ws://127.0.0.1:${http}/chat`, `wss://127.0.0.1:${https}/chat`]) {
      const socket = new WebSocket(url, { headers: { host: 'ws.example' }, rejectUnauthorized: false });
      const echo = await new Promise<string>((resolve, reject) => {
        socket.once('error', reject);
        socket.once('open', () => socket.send('hello'));
        socket.once('message', (data) => resolve(data.toString()));
      });
      assert.equal(echo, 'echo of hello');
      socket.close();
    }
  });

  it('warns of what it names and is not there, and serves it as soon as it comes', async () => {
    const [missing, wrongPort] = [
      rule('m.example', ['/', 'Prefix', 'later']),
      rule('n.example', ['/', 'Prefix', 'one']),
    ];
    const [path] = wrongPort.http.paths;
    if (path) path.backend.service.port.number = 81;
    await space.apply(
      ingress('broken', { rules: [missing, wrongPort], tls: [{ hosts: ['m.example'], secretName: 'no-secret' }] }),
    );
    await space.event('broken', /Warning ServiceNotFound .*there is no Service ingress-\d+\/later/);
    await space.event('broken', /Warning ServicePortNotFound .*Service ingress-\d+\/one has no port "81"/);
    await space.event('broken', /Warning SecretNotFound .*there is no Secret ingress-\d+\/no-secret/);
    await answers({ 'http://m.example/': '503', 'http://n.example/': '503' });
    await space.apply(...outsider('later', nodeIp, servers.get('two')?.port ?? 0));
    await answers({ 'http://m.example/': 'two' });
  });

  it('of another class is nobody’s of ours', async () => {
    await space.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: `foreign-${process.pid}` },
      spec: { controller: 'example.com/other' },
    });
    const rules = [rule('f.example', ['/', 'Prefix', 'one'])];
    await space.apply(
      ingress('foreign', { ingressClassName: `foreign-${process.pid}`, rules }),
      ingress('ours', { rules: [rule('o.example', ['/', 'Prefix', 'one'])] }),
    );
    await answers({ 'http://o.example/': 'one', 'http://f.example/': '404' });
    const { status } = JSON.parse(await space.ok(['get', 'ingress', 'foreign', '-o', 'json'])) as Ingress;
    assert.deepEqual(status, { loadBalancer: {} });
    await space.ok(['delete', 'ingressclass', `foreign-${process.pid}`]);
  });
});
