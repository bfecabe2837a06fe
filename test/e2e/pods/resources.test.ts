import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
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
      job('eats-memory', 'exec tail /dev/zero', {}, { resources: { limits: { memory: '20Mi' } } }),
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
    assert.equal(cgroupMemoryLimit(pid), 32 * MIB);
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

  it('kill what takes more memory than its limit: OOMKilled, 137', async () => {
    const { status } = await space.phase('eats-memory', 'Failed');
    assert.equal(await space.row('eats-memory'), '0/1 OOMKilled 0');
    const { terminated } = status?.containerStatuses?.[0]?.state ?? {};
    assert.deepEqual([terminated?.reason, terminated?.exitCode], ['OOMKilled', 137]);
  });
});

/** In bytes, of version 2 or 1 of the kernel's cgroups. */
function cgroupMemoryLimit(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  const path = (controller: string) => lines.find((line) => line.split(':')[1] === controller)?.split(':')[2];
  const v1 = `/sys/fs/cgroup/memory${path('memory')}/memory.limit_in_bytes`;
  const file = path('memory') !== undefined && existsSync(v1) ? v1 : `/sys/fs/cgroup${path('')}/memory.max`;
  return Number(readFileSync(file, 'utf8'));
}
