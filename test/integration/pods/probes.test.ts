import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server as GrpcServer, ServerCredentials, status } from '@grpc/grpc-js';
import { probeGrpc } from '../../../src/agent/pods/probes/grpc.ts';
import { httpTarget, probeHttp } from '../../../src/agent/pods/probes/http-get.ts';
import { ProbeTimeout } from '../../../src/agent/pods/probes/outcome.ts';
import { probeTcp } from '../../../src/agent/pods/probes/tcp-socket.ts';

const HOST = '127.0.0.1';
const never = new AbortController().signal;

/** A signal that ends as a probe's own time does. */
function timeOut(ms: number): AbortSignal {
  const time = new AbortController();
  setTimeout(() => time.abort(new ProbeTimeout()), ms);
  return time.signal;
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function unusedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

describe('probes over the network', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });
  const serve = (answer: RequestListener) => {
    const server = createHttpServer(answer);
    servers.push(server);
    return portOf(server);
  };
  const get = (port: number, action: Partial<Parameters<typeof httpTarget>[0]> = {}, signal = never) =>
    probeHttp(httpTarget({ port, ...action }, HOST, port, 'kube-probe/1.36'), signal);

  for (const [code, result] of [
    [200, 'success'],
    [399, 'success'],
    [400, 'failure'],
    [500, 'failure'],
  ] as const) {
    it(`take an answer of ${code} for ${result}`, async () => {
      const port = await serve((_, response) => response.writeHead(code).end('body'));
      const output = result === 'success' ? 'body' : `HTTP probe failed with statuscode: ${code}`;
      assert.deepEqual(await get(port), { result, output });
    });
  }

  it('send the headers that the probe names, and kubelet’s own', async () => {
    const seen: { url?: string; headers?: IncomingHttpHeaders } = {};
    const port = await serve((request, response) => {
      Object.assign(seen, { url: request.url, headers: request.headers });
      response.end();
    });
    const httpHeaders = [
      { name: 'host', value: 'shop.example' },
      { name: 'X-One', value: '1' },
      { name: 'Accept', value: '' },
    ];
    await get(port, { path: '/a?b=c', httpHeaders });
    assert.equal(seen.url, '/a?b=c');
    assert.equal(seen.headers?.host, 'shop.example');
    assert.equal(seen.headers?.['x-one'], '1');
    assert.equal(seen.headers?.['user-agent'], 'kube-probe/1.36');
    assert.equal(seen.headers?.accept, undefined);
  });

  it('check no certificate', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bramble-probe-'));
    const [key, cert] = [join(dir, 'key'), join(dir, 'cert')];
    const subject = ['-subj', '/CN=nobody', '-days', '1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    });
    const options = { key: readFileSync(key), cert: readFileSync(cert) };
    rmSync(dir, { recursive: true });
    const server = createHttpsServer(options, (_, response) => response.end('secret'));
    servers.push(server);
    const port = await portOf(server);
    assert.deepEqual(await get(port, { scheme: 'HTTPS' }), { result: 'success', output: 'secret' });
  });

  it('follow redirects on the same host, up to ten', async () => {
    const port = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { Location: `/${left - 1}` }).end();
    });
    assert.deepEqual(await get(port, { path: '/10' }), { result: 'success', output: 'there' });
    assert.deepEqual(await get(port, { path: '/11' }), {
      result: 'failure',
      output: `Get "http://${HOST}:${port}/0": stopped after 10 redirects`,
    });
  });

  it('do not follow a redirect to another host, and warn', async () => {
    const port = await serve((_, response) => response.writeHead(301, { Location: 'http://192.0.2.1/' }).end('moved'));
    assert.deepEqual(await get(port), {
      result: 'warning',
      output: 'Probe terminated redirects, Response body: moved',
    });
  });

  it('say why there was no answer', async () => {
    const port = await unusedPort();
    const dial = `dial tcp ${HOST}:${port}: connect: connection refused`;
    assert.deepEqual(await get(port, { path: '/x' }), {
      result: 'failure',
      output: `Get "http://${HOST}:${port}/x": ${dial}`,
    });
    assert.deepEqual(await probeTcp(HOST, port, never), { result: 'failure', output: dial });
    const hanging = await serve(() => {});
    assert.deepEqual(await get(hanging, {}, timeOut(100)), {
      result: 'failure',
      output: `Get "http://${HOST}:${hanging}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    });
    const closing = await serve((request) => request.socket.destroy());
    assert.deepEqual(await get(closing), { result: 'failure', output: `Get "http://${HOST}:${closing}/": EOF` });
  });

  it('are called off by the reason they are given', async () => {
    const port = await serve(() => {});
    const off = new AbortController();
    const trying = get(port, {}, off.signal);
    off.abort(new Error('off'));
    await assert.rejects(trying, { message: 'off' });
  });

  it('take a connection for a success', async () => {
    const port = await serve(() => {});
    assert.deepEqual(await probeTcp(HOST, port, never), { result: 'success', output: '' });
  });
});

describe('gRPC probes', () => {
  const server = new GrpcServer();
  let port = 0;
  const check = (service: string, signal = never, at = port) =>
    probeGrpc({ host: HOST, port: at, service, userAgent: 'kube-probe/1.36', timeoutSeconds: 1 }, signal);

  before(async () => {
    const identity = (bytes: Buffer) => bytes;
    const definition = {
      Check: {
        path: '/grpc.health.v1.Health/Check',
        requestStream: false,
        responseStream: false,
        requestSerialize: identity,
        requestDeserialize: identity,
        responseSerialize: identity,
        responseDeserialize: identity,
      },
    };
    server.addService(definition, {
      Check: (call: { request: Buffer }, answer: (error: object | null, bytes?: Buffer) => void) => {
        const service = call.request.subarray(2).toString();
        if (service === 'none') answer({ code: status.NOT_FOUND, details: 'unknown service' });
        else if (service !== 'slow') answer(null, Buffer.from([0x08, service === 'down' ? 2 : 1]));
      },
    });
    port = await new Promise((resolve, reject) =>
      server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
  });
  after(() => server.forceShutdown());

  for (const [service, result, output] of [
    ['', 'success', 'service healthy'],
    ['up', 'success', 'service healthy'],
    ['down', 'failure', 'service unhealthy (responded with "NOT_SERVING")'],
    ['none', 'failure', 'error: health rpc probe failed: rpc error: code = NotFound desc = unknown service'],
  ] as const) {
    it(`show ${result} of service "${service}"`, async () => {
      assert.deepEqual(await check(service), { result, output });
    });
  }

  it('say what took too long', async () => {
    const slow = await check('slow', timeOut(200));
    assert.deepEqual(slow, { result: 'failure', output: 'timeout: health rpc did not complete within 1s' });
    const nobody = await unusedPort();
    assert.deepEqual(await check('', timeOut(200), nobody), {
      result: 'failure',
      output: `timeout: failed to connect service "${HOST}:${nobody}" within 1s: context deadline exceeded`,
    });
  });
});
