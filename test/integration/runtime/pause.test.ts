import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    });
});
