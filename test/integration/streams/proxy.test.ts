import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ENDPOINT_SLICE } from '../../../src/api/kinds/endpoint-slice.ts';
import { NODE as NODE_KIND } from '../../../src/api/kinds/node.ts';
import { POD } from '../../../src/api/kinds/pod.ts';
import { SERVICE } from '../../../src/api/kinds/service.ts';
import type { KindDefinition, ObjectKey } from '../../../src/api/registry.ts';
import type { Node, Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { HttpClient } from '../apiserver/http-client.ts';
import { NODE, TestStreams } from './harness.ts';

const MB = 1024 * 1024;

/** What a pod serves: what it was asked, a page, redirects, streams, WebSockets; with a certificate on 8443, on the pod's localhost on 8081. */
const SERVER = `
  const { createServer } = require('node:http');
  const { WebSocketServer } = require(process.argv[1]);
  let flooded = 0;
  const answer = (request, response) => {
    const { method, url, headers } = request;
    if (url === '/page') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<a href="/x">x</a>');
    if (url === '/gone') return void response.writeHead(302, { location: '/there' }).end();
    if (url === '/slow') return void response.write('first');
    if (url === '/big') return void response.end(Buffer.alloc(${20 * MB}, 'x'));
    if (url === '/flood') {
      const more = () => { do flooded += ${MB}; while (response.write(Buffer.alloc(${MB}))) };
      response.on('drain', more);
      return more();
    }
    if (url === '/flooded') return void response.end(String(flooded));
    if (url === '/break') return void request.socket.destroy();
    if (url === '/cut') return void response.write('half', () => setTimeout(() => request.socket.destroy(), 50));
    let size = 0;
    request.on('data', (chunk) => { size += chunk.length; });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.statusCode = url === '/teapot' ? 418 : 200;
      response.end(JSON.stringify({ message: JSON.stringify({ method, url, headers, size }) }));
    });
  };
  const server = createServer(answer).listen(8080, '0.0.0.0', () => console.log('listening'));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/no') return void socket.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\n\\r\\nno');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.send('hello ' + request.url);
      ws.on('message', (said) => ws.send(said));
    });
  });
  createServer(answer).listen(8081, '127.0.0.1');
  const [key, cert] = process.argv.slice(2, 4).map((file) => require('node:fs').readFileSync(file));
  require('node:https').createServer({ key, cert }, answer).listen(8443, '0.0.0.0');
`;

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
}

describe('the proxy subresources', function () {
  this.timeout(60_000);
  const streams = new TestStreams();
  const dir = mkdtempSync(join(tmpdir(), 'bramble-proxy-'));
  const servers: ChildProcess[] = [];
  let http: HttpClient;
  let podIp = '';
  const pods = '/api/v1/namespaces/default/pods';
  const services = '/api/v1/namespaces/default/services';

  before(async () => {
    await streams.start();
    http = new HttpClient(streams.api);
    const { pod, id } = await streams.run('web', 'exec sleep 600');
    const sandbox = (await streams.engine.runtime.list(pod.metadata.uid)).find(({ role }) => role === 'sandbox');
    podIp = sandbox?.ip ?? '';
    const { pid } = await streams.engine.observe(sandbox?.id ?? id);
    await setAddress('web', podIp);
    const files = ['-keyout', join(dir, 'key'), '-out', join(dir, 'cert')];
    const subject = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=nobody'];
    execFileSync('openssl', ['req', '-x509', ...subject, ...files], { stdio: 'ignore' });
    const args = [createRequire(import.meta.url).resolve('ws'), join(dir, 'key'), join(dir, 'cert')];
    const script = [process.execPath, '-e', SERVER, '--', ...args];
    const server = spawn('nsenter', ['--target', String(pid), '--net', ...script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    servers.push(server);
    await once(server.stdout, 'data');
  });
  after(async () => {
    for (const server of servers) server.kill('SIGKILL');
    http.close();
    await streams.stop();
    rmSync(dir, { recursive: true });
  });

  /** Sets fields of an object's status. */
  const patch = async <T extends Pod | Node>(kind: KindDefinition<T>, key: ObjectKey, status: T['status']) => {
    const { client } = streams.api;
    const object = await client.get(kind, key);
    await client.update(kind, { ...object, status: { ...object.status, ...status } }, { subresource: 'status' });
  };
  const setAddress = (name: string, ip: string) =>
    patch(POD, { namespace: 'default', name }, { podIP: ip, podIPs: [{ ip }] });
  const echo = (body: { readonly message?: string }) => JSON.parse(body.message ?? '{}') as Echo;
  const open = (method: string, path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { cert, key } = streams.api.admin;
      const { port } = streams.api.server;
      const options = { host: '127.0.0.1', port, method, path, ca: streams.api.pki.caPem, cert, key };
      request(options, resolve).on('error', reject).end();
    });

  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    it(`carry ${method} with query and body`, async () => {
      const body = method === 'GET' || method === 'OPTIONS' ? {} : { body: 'hello' };
      const { code, json } = await http.call(method, `${pods}/web:8080/proxy/a%2Fb//c/?x=1&y=%20`, body);
      assert.equal(code, 200);
      const { method: asked, url, size } = echo(json);
      assert.deepEqual(
        { asked, url, size },
        { asked: method, url: '/a%2Fb//c/?x=1&y=%20', size: body.body?.length ?? 0 },
      );
    });
  }

  it('answer HEAD without a body, and the server’s own codes', async () => {
    assert.equal((await http.call('HEAD', `${pods}/web:8080/proxy/x`)).code, 200);
    assert.equal((await http.call('GET', `${pods}/web:8080/proxy/teapot`)).code, 418);
  });

  it('say who asked and for what, and nothing of the credentials', async () => {
    const headers = {
      'x-mine': '1',
      connection: 'x-hop',
      'x-hop': '1',
      'impersonate-user': 'boss',
      'impersonate-group': 'system:masters',
    };
    const { json } = await http.call('GET', `${pods}/web:8080/proxy/x`, { headers });
    const { headers: got } = echo(json);
    assert.equal(got['x-forwarded-for'], '127.0.0.1');
    assert.equal(got['x-forwarded-uri'], `${pods}/web:8080/proxy/x`);
    assert.equal(got.host, `127.0.0.1:${streams.api.server.port}`);
    assert.equal(got['x-mine'], '1');
    assert.deepEqual([got['x-hop'], got['impersonate-user']], [undefined, undefined]);
  });

  it('lead to the root by a slash, and lead links and redirects back through themselves', async () => {
    const root = await http.call('GET', `${pods}/web:8080/proxy?a=b`);
    assert.deepEqual([root.code, root.headers.location], [301, `${pods}/web:8080/proxy/?a=b`]);
    assert.equal(echo((await http.call('POST', `${pods}/web:8080/proxy?a=b`)).json).url, '/?a=b');
    assert.equal(
      (await http.call('GET', `${pods}/web:8080/proxy/page`)).text,
      `<a href="${pods}/web:8080/proxy/x">x</a>`,
    );
    assert.equal(
      (await http.call('GET', `${pods}/web:8080/proxy/gone`)).headers.location,
      `${pods}/web:8080/proxy/there`,
    );
  });

  it('speak TLS to whatever certificate', async () => {
    assert.equal(echo((await http.call('GET', `${pods}/https:web:8443/proxy/x`)).json).url, '/x');
    const plain = await http.call('GET', `${pods}/https:web:8080/proxy/x`);
    assert.equal(plain.code, 503);
    assert.match(plain.json.message ?? '', /^error trying to reach service: /);
  });

  it('hand on what comes as it comes', async () => {
    const response = await open('GET', `${pods}/web:8080/proxy/slow`);
    const [first] = await once(response, 'data');
    assert.equal(String(first), 'first');
    response.destroy();
  });

  it('carry 20 MB each way', async () => {
    assert.equal((await http.call('GET', `${pods}/web:8080/proxy/big`)).text.length, 20 * MB);
    const sent = await http.call('POST', `${pods}/web:8080/proxy/x`, { body: 'x'.repeat(20 * MB) });
    assert.equal(echo(sent.json).size, 20 * MB);
  });

  it('take no more from a server than its client does', async () => {
    const response = await open('GET', `${pods}/web:8080/proxy/flood`);
    const flooded = async () => Number((await http.call('GET', `${pods}/web:8080/proxy/flooded`)).text);
    let before = 0;
    await eventually(async () => {
      const now = await flooded();
      const isStill = now === before && now > 0;
      before = now;
      assert.ok(isStill, `still flooding: ${now}`);
    });
    assert.ok(before < 64 * MB, `${before} bytes without a reader`);
    response.destroy();
  });

  it('carry WebSockets, and a server’s refusal of one', async () => {
    const socket = streams.webSocket('web:8080/proxy/ws?a=b', []);
    const [hello] = await once(socket, 'message');
    assert.equal(String(hello), 'hello /ws?a=b');
    const big = Buffer.alloc(MB, 'y');
    socket.send(big);
    const [back] = await once(socket, 'message');
    assert.ok(big.equals(back as Buffer));
    socket.close();
    await once(socket, 'close');
    const refused = streams.webSocket('web:8080/proxy/no', []);
    refused.on('error', () => {});
    const [, response] = await once(refused, 'unexpected-response');
    assert.deepEqual([response.statusCode, await text(response)], [403, 'no']);
  });

  it('say as Kubernetes does what is in the way', async () => {
    const refusal = async (path: string) => {
      const { code, json } = await http.call('GET', path);
      return `${code} ${json.reason}: ${json.message}`;
    };
    const nobody = `503 ServiceUnavailable: error trying to reach service: dial tcp ${podIp}`;
    assert.equal(await refusal(`${pods}/web:9/proxy/`), `${nobody}:9: connect: connection refused`);
    // What listens for the pod itself alone takes a port-forward.
    assert.equal(await refusal(`${pods}/web:8081/proxy/`), `${nobody}:8081: connect: connection refused`);
    assert.equal(
      await refusal(`${pods}/web:8080/proxy/break`),
      '503 ServiceUnavailable: error trying to reach service: EOF',
    );
    assert.equal(await refusal(`${pods}/none/proxy/`), '404 NotFound: pods "none" not found');
    assert.equal(await refusal(`${pods}/ftp:web:21/proxy/`), '400 BadRequest: invalid pod request "ftp:web:21"');
    await streams.run('inward', 'exec sleep 600');
    await setAddress('inward', '127.0.0.1');
    assert.equal(await refusal(`${pods}/inward/proxy/`), '400 BadRequest: address not allowed');
  });

  it('cut off an answer that the server cut off', async () => {
    const response = await open('GET', `${pods}/web:8080/proxy/cut`);
    await assert.rejects(text(response), { code: 'ECONNRESET' });
  });

  it('reach a ready pod of a Service', async () => {
    const metadata = { name: 'web', namespace: 'default' };
    const spec = { ports: [{ name: 'web', port: 80, targetPort: 8080 }] };
    await streams.api.client.create(SERVICE, { apiVersion: 'v1', kind: 'Service', metadata, spec });
    const empty = await http.call('GET', `${services}/web:web/proxy/x`);
    assert.equal(empty.json.message, 'no endpoints available for service "web"');
    await streams.api.client.create(ENDPOINT_SLICE, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'web', port: 8080, protocol: 'TCP' }],
      endpoints: [{ addresses: [podIp], targetRef: { kind: 'Pod', namespace: 'default', name: 'web' } }],
    });
    for (const name of ['web:80', 'web:web', 'http:web:80'])
      assert.equal(echo((await http.call('GET', `${services}/${name}/proxy/x`)).json).url, '/x');
  });

  it('reach a port of a node at its own address alone', async () => {
    const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const address = all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '';
    const server = spawn(process.execPath, [
      '-e',
      `require('node:http').createServer((q, r) => r.end('node')).listen(17080, '0.0.0.0', () => console.log('up'))`,
    ]);
    servers.push(server);
    await once(server.stdout, 'data');
    const set = (ip: string) =>
      patch(NODE_KIND, { namespace: '', name: NODE }, { addresses: [{ type: 'InternalIP', address: ip }] });
    await streams.api.client.create(NODE_KIND, { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE }, spec: {} });
    await set(address);
    assert.equal((await http.call('GET', `/api/v1/nodes/${NODE}:17080/proxy/`)).text, 'node');
    assert.equal((await http.call('GET', `/api/v1/nodes/${NODE}/proxy/stats/summary`)).code, 404);
    await set('192.0.2.7');
    const foreign = await http.call('GET', `/api/v1/nodes/${NODE}:17080/proxy/`);
    assert.match(
      foreign.json.message ?? '',
      /^error trying to reach service: "192\.0\.2\.7" is no address of this node$/,
    );
  });

  it('are not for nodes’ certificates', async () => {
    const user = streams.api.clientCertificate('a-node', `/O=system:nodes/CN=system:node:${NODE}`);
    assert.equal((await http.call('GET', `${pods}/web:8080/proxy/x`, { user })).code, 403);
  });

  it('are what stock kubectl reads with get --raw', async () => {
    const { code, stdout } = await streams.api.kubectl(['get', '--raw', `${pods}/web:8080/proxy/page`]);
    assert.equal(code, 0);
    assert.match(stdout, /<a href=/);
  });
});
