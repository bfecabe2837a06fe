import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { createLogger, type Logger } from '../../lib/logger.ts';
import { MemoryMounts } from './memory-mounts.ts';

/** Of a kernel that takes these options alone; `mounted` lists what it was asked for. */
function aKernel(takes: (options: string) => boolean, points: readonly string[] = []) {
  const mounted: string[] = [];
  const mounter = {
    points: async () => new Set(points),
    tmpfs: async (_: string, options: string) => {
      mounted.push(options);
      if (!takes(options)) throw new Error(`bad option: ${options}`);
    },
  };
  const warnings: string[] = [];
  const log: Logger = Object.assign(createLogger('silent'), {
    warn: (_: unknown, message: string) => void warnings.push(message),
  });
  return { memory: new MemoryMounts(log, mounter), mounted, warnings };
}

describe('mounts of volumes in memory', () => {
  // It is there already: nothing is mounted for real.
  const dir = tmpdir();

  it('are kept out of the swap', async () => {
    const { memory, mounted, warnings } = aKernel(() => true);
    await memory.ensure(dir, 'mode=0755');
    assert.deepEqual([mounted, warnings.length], [['noswap,mode=0755'], 0]);
  });

  it('do without where the kernel knows no such option, and that is told once', async () => {
    const { memory, mounted, warnings } = aKernel((options) => !options.includes('noswap'));
    await memory.ensure(dir, 'mode=0755');
    await memory.ensure(dir, 'mode=0777');
    assert.deepEqual(mounted, ['noswap,mode=0755', 'mode=0755', 'noswap,mode=0777', 'mode=0777']);
    assert.equal(warnings.length, 1);
  });

  it('fail with what mount says when it is not about swap', async () => {
    const { memory, warnings } = aKernel(() => false);
    await assert.rejects(memory.ensure(dir, 'size=x'), /bad option: size=x/);
    assert.equal(warnings.length, 0);
  });

  it('are made once', async () => {
    const { memory, mounted } = aKernel(() => true, [dir]);
    await memory.ensure(dir, 'mode=0755');
    assert.deepEqual(mounted, []);
  });
});
