import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { constants, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pauseBinary } from '../../../src/agent/runtime/pause-image.ts';
import { skip } from '../../lib/skip.ts';
import { eventually } from './engine.ts';

const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;
const COMPILERS = ['x86_64-linux-gnu-gcc', 'aarch64-linux-gnu-gcc'];

/** State letter and parent of a process; undefined when it is gone. */
function processStat(pid: number): { state: string; parent: number } | undefined {
  try {
    const [, state = '', parent = ''] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return undefined; // it has ended
  }
}

describe('the pause program', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bramble-pause-'));
  after(() => rmSync(dir, { recursive: true }));

  const programs: [string, () => string][] = [
    [
      'built in',
      () => {
        const path = join(dir, 'built-in');
        writeFileSync(path, pauseBinary(ARCHITECTURE));
        chmodSync(path, 0o755);
        return path;
      },
    ],
    [
      'compiled anew from its source',
      () => {
        execFileSync('deploy/pause/build.sh', ['--to', dir]);
        return join(dir, `pause-${ARCHITECTURE}`);
      },
    ],
  ];
  const canCompile = COMPILERS.every((compiler) => spawnSync(compiler, ['--version']).status === 0);

  for (const [title, make] of programs)
    describe(title, () => {
      let path = '';
      before(function () {
        if (title !== 'built in' && !canCompile) skip(this, 'no compiler here: apt-get install gcc');
        path = make();
      });

      const sleeping = async (child: ChildProcess) => {
        const pid = child.pid ?? 0;
        await eventually(async () => (readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('node') ? undefined : true));
        await eventually(async () => (processStat(pid)?.state === 'S' ? true : undefined));
      };

      for (const signal of ['SIGTERM', 'SIGINT'] as const)
        it(`ends well on ${signal}`, async () => {
          const child = spawn(path);
          await sleeping(child);
          child.kill(signal);
          assert.deepEqual(await once(child, 'exit'), [0, null]);
        });

      it('reaps what is orphaned into its process namespace', async () => {
        // Inside, it is process 1: the shell starts a child that outlives it, then becomes the pause program.
        const script = `(busybox sleep 0.3 & ) ; exec ${path}`;
        const child = spawn('unshare', ['--pid', '--fork', '--kill-child', 'busybox', 'sh', '-c', script]);
        const childrenOf = (pid: number) => {
          const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
          return text === '' ? [] : text.split(' ').map(Number);
        };
        const init = await eventually(async () => childrenOf(child.pid ?? 0)[0]);
        await eventually(async () => (childrenOf(init).length > 0 ? true : undefined));
        // A zombie is listed until it is reaped.
        await eventually(async () => (childrenOf(init).length === 0 ? true : undefined));
        process.kill(init, 'SIGTERM');
        assert.deepEqual(await once(child, 'exit'), [0, null]);
      });

      /** A server that says what it was told back when it has heard all. */
      const echo = async (host: string) => {
        const server = createServer({ allowHalfOpen: true }, (socket) => {
          const heard: Buffer[] = [];
          socket.on('data', (chunk: Buffer) => heard.push(chunk));
          socket.on('end', () => socket.end(Buffer.concat(heard)));
        }).listen(0, host);
        await once(server, 'listening');
        return { server, port: (server.address() as AddressInfo).port };
      };
      const relay = async (port: number, input: string | Buffer = '') => {
        const child = spawn(path, ['relay', String(port)]);
        child.stdin.on('error', () => {}); // it may be over before it is told anything
        child.stdin.end(input);
        const [output, [code]] = await Promise.all([buffer(child.stdout), once(child, 'exit')]);
        return { report: [...output.subarray(0, 2)], rest: output.subarray(2), code };
      };
      const { ECONNREFUSED } = constants.errno;

      for (const [host, first] of [
        ['127.0.0.1', 0],
        ['::1', ECONNREFUSED],
      ] as const)
        it(`relays to ${host}: 1 MB and its end there, all of it back`, async function () {
          const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
          if (!own.some(({ address }) => address === host)) skip(this, `this machine has no ${host}`);
          const { server, port } = await echo(host);
          try {
            const bytes = randomBytes(1024 * 1024);
            const { report, rest, code } = await relay(port, bytes);
            assert.deepEqual([report, code], [[first, 0], 0]);
            assert.ok(rest.equals(bytes));
          } finally {
            server.close();
          }
        });

      it('reports why neither loopback address takes a connection', async () => {
        const { server, port } = await echo('127.0.0.1');
        await new Promise((closed) => server.close(closed));
        const { report, rest, code } = await relay(port);
        assert.deepEqual([report[0], rest.length, code], [ECONNREFUSED, 0, 1]);
        assert.notEqual(report[1], 0);
      });
    });
});
