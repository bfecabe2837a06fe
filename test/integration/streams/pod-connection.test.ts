import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { connectToPod } from '../../../src/agent/streams/pod-connection.ts';
import type { Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { aPod, never, TestEngine } from '../runtime/engine.ts';

const BYTES = randomBytes(1024 * 1024);

/** Says back what it is told as it comes, and "over" at the end of that; in a network namespace that is not this process's. */
const SERVER = `
  const [host, port] = process.argv.slice(1);
  require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.on('end', () => socket.end('over'));
    socket.pipe(socket, { end: false });
  }).listen(Number(port), host, () => console.log('listening'));
`;

describe('a connection to a pod, from inside', function () {
  this.timeout(60_000);
  const engine = new TestEngine();
  const servers: ChildProcess[] = [];
  const pod = aPod('forwarded');
  let sandboxId = '';

  before(async () => {
    await engine.start();
    sandboxId = await engine.sandbox(pod);
    for (const [host, port] of [
      ['127.0.0.1', '7001'],
      ['0.0.0.0', '7002'],
    ] as const)
      await serve(host, port);
  });
  after(async () => {
    for (const server of servers) server.kill('SIGKILL');
    await engine.stop();
  });

  const serve = async (host: string, port: string) => {
    const { pid } = await engine.observe(sandboxId);
    const command = [process.execPath, '-e', SERVER, '--', host, port];
    const server = spawn('nsenter', ['--target', String(pid), '--net', ...command]);
    servers.push(server);
    await once(server.stdout, 'data');
  };
  const connect = async (port: number, signal = never, to: Pod = pod) =>
    connectToPod({ pod: to, observed: await engine.runtime.list(to.metadata.uid), port }, engine.runtime, signal);
  const relays = async () => {
    const { pid } = await engine.observe(sandboxId);
    const space = readlinkSync(`/proc/${pid}/ns/mnt`);
    return readdirSync('/proc').filter((entry) => {
      try {
        const isRelay = readFileSync(`/proc/${entry}/cmdline`, 'utf8').startsWith('/pause\0relay');
        return isRelay && readlinkSync(`/proc/${entry}/ns/mnt`) === space;
      } catch {
        return false; // no process, or it has ended
      }
    });
  };

  for (const [title, port] of [
    ['reaches a server that listens on 127.0.0.1 alone', 7001],
    ['reaches a server that listens everywhere', 7002],
  ] as const) {
    it(`${title}: 1 MB each way, and the end of what it is told`, async () => {
      const connection = await connect(port);
      connection.up.end(BYTES);
      const said = await buffer(connection.down);
      connection.close();
      assert.ok(said.equals(Buffer.concat([BYTES, Buffer.from('over')])), `${said.length} bytes came back`);
    });
  }

  it('carries many at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        const connection = await connect(7001);
        connection.up.end(`number ${index}`);
        return String(await buffer(connection.down));
      }),
    );
    assert.deepEqual(
      all,
      all.map((_, index) => `number ${index}over`),
    );
  });

  it('is refused in the words of Kubernetes where nobody listens', async () => {
    // Docker may leave ::1 out of a container.
    const why = '(connection refused|cannot assign requested address)';
    const tries = `IPv4: dial tcp4 127.0.0.1:7009: connect: connection refused IPv6 dial tcp6 [::1]:7009: connect: `;
    const words = `failed to connect to localhost:7009 inside namespace "${sandboxId}", ${tries}`;
    await assert.rejects(connect(7009), { message: new RegExp(`^${RegExp.escape(words)}${why}$`) });
  });

  it('leaves no relay behind when it is let go of', async () => {
    const connection = await connect(7001);
    connection.up.write('hello');
    assert.equal((await relays()).length, 2);
    connection.close();
    await eventually(async () => assert.deepEqual(await relays(), []));
  });

  it('is not made when nobody waits for it any more', async () => {
    await assert.rejects(connect(7001, AbortSignal.abort(new Error('gone'))), /gone/);
    await eventually(async () => assert.deepEqual(await relays(), []));
  });

  it('reaches the node itself with hostNetwork', async () => {
    const host = aPod('on-the-node', { hostNetwork: true });
    await engine.sandbox(host);
    const server = spawn(process.execPath, ['-e', SERVER, '--', '127.0.0.1', '17004']);
    servers.push(server);
    await once(server.stdout, 'data');
    const connection = await connect(17_004, never, host);
    connection.up.end('hello ');
    assert.equal(String(await buffer(connection.down)), 'hello over');
  });
});
