import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, job, script } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

const MIB = 1024 * 1024;

describe('resources', () => {
  let space: PodSpace;

  before(async () => {
    space = await PodSpace.open(cluster, 'resources');
    const both = { cpu: '100m', memory: '32Mi' };
    await space.apply(
      script('guaranteed', IDLE, {}, { resources: { requests: both, limits: both } }),
      script('limits-only', IDLE, {}, { resources: { limits: both } }),
      script(
        'burstable',
        IDLE,
        {},
        { resources: { requests: { cpu: '50m', memory: '16Mi' }, limits: { memory: '64Mi' } } },
      ),
      script('best-effort', IDLE),
    );
  });

  after(() => space.close());

  it('put a pod in the QoS class its requests and limits say', async () => {
    const classes: string[] = [];
    for (const name of ['guaranteed', 'limits-only', 'burstable', 'best-effort'])
      classes.push((await space.ready(name)).status?.qosClass ?? '');
    assert.deepEqual(classes, ['Guaranteed', 'Guaranteed', 'Burstable', 'BestEffort']);
    assert.match(await space.ok(['describe', 'pod', 'burstable']), /QoS Class: +Burstable/);
  });

  it('are what Docker and the kernel hold the container to', async () => {
    await space.ready('guaranteed');
    const host = await space.inspect<Record<string, number>>('guaranteed', '.HostConfig');
    assert.deepEqual(
      [host.CpuShares, host.CpuPeriod, host.CpuQuota, host.Memory, host.MemorySwap],
      [102, 100_000, 10_000, 32 * MIB, 32 * MIB],
    );
    const pid = await space.inspect<number>('guaranteed', '.State.Pid');
    assert.equal(inCgroup(pid, 'memory', ['memory.limit_in_bytes', 'memory.max']), `${32 * MIB}`);
    // Version 2 of the kernel's cgroups has quota and period in one file.
    assert.match(inCgroup(pid, 'cpu', ['cpu.cfs_quota_us', 'cpu.max']), /^10000( 100000)?$/);
    assert.ok(Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8')) <= 0);
  });

  it('without any leave the container the least share of the processor and no limit', async () => {
    await space.ready('best-effort');
    const host = await space.inspect<Record<string, number>>('best-effort', '.HostConfig');
    assert.deepEqual([host.CpuShares, host.CpuQuota, host.Memory], [2, 0, 0]);
    const pid = await space.inspect<number>('best-effort', '.State.Pid');
    assert.equal(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim(), '1000');
  });

  it('are told in the container status and by describe', async () => {
    const { status } = await space.ready('burstable');
    const [container] = status?.containerStatuses ?? [];
    assert.deepEqual(container?.resources, {
      requests: { cpu: '50m', memory: '16Mi' },
      limits: { memory: '64Mi' },
    });
    assert.deepEqual(container?.allocatedResources, { cpu: '50m', memory: '16Mi' });
    const describe = await space.ok(['describe', 'pod', 'burstable']);
    assert.match(describe, /Limits:\n +memory: +64Mi\n +Requests:\n +cpu: +50m\n +memory: +16Mi\n/);
  });

  let tries = 0;

  // A pod for each try: an engine hears of the kernel's word in an event, and misses it when the container's cgroup goes first.
  it('kill what takes more memory than its limit: OOMKilled, 137', async () => {
    const name = `eats-memory-${++tries}`;
    await space.apply(job(name, 'exec tail /dev/zero', {}, { resources: { limits: { memory: '20Mi' } } }));
    const { status } = await space.phase(name, 'Failed');
    assert.equal(await space.row(name), '0/1 OOMKilled 0');
    const { terminated } = status?.containerStatuses?.[0]?.state ?? {};
    assert.deepEqual([terminated?.reason, terminated?.exitCode], ['OOMKilled', 137]);
  });
});

/** A setting of the cgroup a process is in. @param names the file in version 1 and in version 2 of the kernel's cgroups */
function inCgroup(pid: number, controller: string, [v1, v2]: readonly [string, string]): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  const groups = lines.map((line) => line.split(':'));
  const own = groups.find(([, controllers]) => controllers?.split(',').includes(controller));
  const path = own ? `${controller}${own[2]}/${v1}` : `${groups.find(([id]) => id === '0')?.[2]}/${v2}`;
  return readFileSync(join('/sys/fs/cgroup', path), 'utf8').trim();
}
