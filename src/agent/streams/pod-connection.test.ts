import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { aPod, deadSandbox, sandbox } from '../pods/test-builders.ts';
import type { ObservedContainer } from '../runtime/runtime.ts';
import { connectToPod } from './pod-connection.ts';

describe('a connection to a pod whose sandbox has no relay', () => {
  let server: Server;
  let port = 0;
  before(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  const exec = () => Promise.reject(new Error('there is no relay'));
  const connect = (observed: ObservedContainer[], hostNetwork = false, to = port) =>
    connectToPod({ pod: aPod({ hostNetwork }), observed, port: to }, { exec }, new AbortController().signal);
  const image = 'registry.example/pause:3';

  for (const [title, ip, hostNetwork] of [
    ["goes to the pod's address", '127.0.0.1', false],
    ['goes to the node itself with hostNetwork', '', true],
  ] as const) {
    it(title, async () => {
      const connection = await connect([sandbox({ image, ip })], hostNetwork);
      connection.up.end('hello');
      assert.equal(await text(connection.down), 'hello');
      connection.close();
    });
  }

  it('says why there is none, and what a server must do', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: unused } = closed.address() as AddressInfo;
    closed.close();
    await assert.rejects(connect([sandbox({ image, ip: '127.0.0.1' })], false, unused), {
      message: `failed to connect to 127.0.0.1:${unused}: connection refused (a server must listen on the pod's address or 0.0.0.0, not on 127.0.0.1 alone)`,
    });
  });

  it('needs a sandbox that runs', async () => {
    await assert.rejects(connect([deadSandbox()]), { message: 'the sandbox of pod "web" is not running' });
  });
});
