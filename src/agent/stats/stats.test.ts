import assert from 'node:assert/strict';
import { parseThresholds } from '../eviction/thresholds.ts';
import { parseCgroups, workingSet } from './cgroup.ts';
import { parseMemory } from './node-usage.ts';
import { notAllocatable, parseReserved } from './reserved.ts';

const MI = 1024 ** 2;

describe('memory.available', () => {
  it('is what is free and inactive file pages, as kubelet has it', () => {
    const meminfo = 'MemTotal: 4000 kB\nMemFree:   1000 kB\nMemAvailable: 3500 kB\nInactive(file):  500 kB\n';
    assert.deepEqual(parseMemory(meminfo), { capacity: 4000 * 1024, available: 1500 * 1024 });
  });
});

describe('the cgroup of a container', () => {
  const unified = '/sys/fs/cgroup/system.slice/docker-1.scope';
  it('is found in a unified hierarchy', () => {
    assert.deepEqual(parseCgroups('0::/system.slice/docker-1.scope\n'), {
      memory: unified,
      pids: unified,
      isUnified: true,
    });
  });

  it('is found in hierarchies of their own, and beside an empty unified one', () => {
    assert.deepEqual(parseCgroups('9:memory:/docker/1\n8:pids:/docker/1\n3:cpu,cpuacct:/docker/1\n0::/\n'), {
      memory: '/sys/fs/cgroup/memory/docker/1',
      pids: '/sys/fs/cgroup/pids/docker/1',
      isUnified: false,
    });
  });

  it('tells the working set: without file pages that nobody looks at', () => {
    assert.equal(workingSet('1000\n', 'inactive_file 7\ntotal_inactive_file 300\n', false), 700);
    assert.equal(workingSet('1000\n', 'anon 5\ninactive_file 300\n', true), 700);
    assert.equal(workingSet('100\n', 'inactive_file 300\n', true), 0);
  });
});

describe('what pods are not promised', () => {
  const machine = { memoryBytes: 4096 * MI, diskBytes: 1000 };
  const hard = parseThresholds('memory.available<100Mi,nodefs.available<10%');

  it('is a quarter of a Gi where nobody said it, a tenth on a small machine', () => {
    assert.deepEqual(notAllocatable(machine, undefined, hard), {
      milliCpu: 100,
      memoryBytes: 256 * MI,
      diskBytes: 100,
    });
    assert.equal(notAllocatable({ ...machine, memoryBytes: 512 * MI }, undefined, hard).memoryBytes, 51.2 * MI);
  });

  it('is what was reserved and the hard thresholds, as kubelet has it', () => {
    assert.deepEqual(notAllocatable(machine, parseReserved('cpu=250m,memory=1Gi,ephemeral-storage=50'), hard), {
      milliCpu: 250,
      memoryBytes: 1124 * MI,
      diskBytes: 150,
    });
  });

  it('is refused for what cannot be reserved', () => {
    assert.throws(() => parseReserved('gpu=1'), RangeError);
    assert.throws(() => parseReserved('memory=-1'), RangeError);
    assert.throws(() => parseReserved('memory=lots'));
  });
});
