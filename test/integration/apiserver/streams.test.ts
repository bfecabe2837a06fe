import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { POD } from '../../../src/api/kinds/pod.ts';
import { badRequest } from '../../../src/api/meta/errors.ts';
import type { UpgradeContext } from '../../../src/master/apiserver/connect.ts';
import { TestApi } from './harness.ts';
import { HttpClient } from './http-client.ts';

const PODS = '/api/v1/namespaces/default/pods';

/** Accepts the upgrade, says which pod it is, and echoes until the client ends. */
async function echo({ socket, pod, head }: UpgradeContext): Promise<void> {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n${pod.metadata.name}:`);
  socket.write(head);
  for await (const chunk of socket) socket.write(chunk);
  socket.end();
}

describe('streams to pods', () => {
  let api: TestApi;
  let http: HttpClient;
  const forwarded = Promise.withResolvers<void>();
  before(async () => {
    api = await TestApi.start({
      log: async ({ response, pod, query }) => {
        if (query.get('container') === 'none') throw badRequest('container none is not valid for pod web');
        response.setHeader('Content-Type', 'text/plain');
        response.end(`log of ${pod.metadata.name}\n`);
      },
      logSocket: echo,
      exec: echo,
      attach: async () => {
        throw badRequest('no terminal here');
      },
      portForward: async ({ signal, socket }) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        socket.resume();
        signal.addEventListener('abort', () => forwarded.resolve());
      },
    });
    http = new HttpClient(api);
    const containers = [{ name: 'c', image: 'busybox:1.36' }];
    await api.client.create(POD, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default' },
      spec: { containers },
    });
  });
  after(async () => {
    http.close();
    await api.close();
  });

  const upgrade = (method: string, path: string, withUser = true): TLSSocket => {
    const { cert, key } = api.admin;
    const socket = connect({
      host: '127.0.0.1',
      port: api.server.port,
      ca: api.pki.caPem,
      ...(withUser ? { cert, key } : {}),
    });
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n`,
    );
    return socket;
  };

  it('hands logs over to who serves them', async () => {
    assert.equal((await http.call('GET', `${PODS}/web/log`)).text, 'log of web\n');
    const wrong = await http.call('GET', `${PODS}/web/log?container=none`);
    assert.equal(wrong.code, 400);
    assert.equal(wrong.json.message, 'container none is not valid for pod web');
    assert.equal((await http.call('GET', `${PODS}/absent/log`)).json.message, 'pods "absent" not found');
  });

  for (const method of ['GET', 'POST']) {
    it(`hands the socket of a ${method} upgrade over`, async () => {
      const socket = upgrade(method, `${PODS}/web/exec?command=ls`);
      const all = text(socket);
      await once(socket, 'data');
      socket.end('hello');
      assert.match(await all, /^HTTP\/1\.1 101 .*\r\n\r\nweb:hello$/s);
    });

    it(`answers what is wrong with a ${method} upgrade as a Status`, async () => {
      assert.match(
        await text(upgrade(method, `${PODS}/absent/exec`)),
        /^HTTP\/1\.1 404 .*"message":"pods \\"absent\\" not found"/s,
      );
      assert.match(
        await text(upgrade(method, `${PODS}/web/attach`)),
        /^HTTP\/1\.1 400 .*"message":"no terminal here"/s,
      );
      assert.match(
        await text(upgrade(method, `${PODS}/web/exec`, false)),
        /^HTTP\/1\.1 401 .*"reason":"Unauthorized"/s,
      );
      assert.match(await text(upgrade(method, '/version')), /^HTTP\/1\.1 400 /);
    });
  }

  it('does not open a stream for who asks under the verb of a watch', async () => {
    const path = `/api/v1/watch/namespaces/default/pods/web/exec?command=ls`;
    assert.match(await text(upgrade('GET', path)), /^HTTP\/1\.1 400 .*"message":"this path takes no upgrade"/s);
  });

  it('wants an upgrade for what is a stream', async () => {
    const { code, json } = await http.call('GET', `${PODS}/web/exec`);
    assert.equal(code, 400);
    assert.equal(json.message, 'Upgrade request required');
  });

  it('tells the stream when its client goes', async () => {
    const socket = upgrade('POST', `${PODS}/web/portforward`);
    await once(socket, 'data');
    socket.destroy();
    await forwarded.promise;
  });
});
