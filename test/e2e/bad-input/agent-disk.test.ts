import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreEvent, Pod } from '../../../src/api/types.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';

const PODS = '/api/v1/namespaces/default/pods';
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'writer' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'busybox:1',
        command: ['sleep', '1000'],
        volumeMounts: [{ name: 'settings', mountPath: '/settings' }],
      },
    ],
    volumes: [{ name: 'settings', configMap: { name: 'kube-root-ca.crt' } }],
  },
};

describe("a full disk under the agent's files", function () {
  this.timeout(120_000);
  const disk = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const cluster = new TestCluster({
    bridge: 'btestadk0',
    clusterCidr: '10.154.0.0/16',
    serviceCidr: '10.155.0.0/16',
    nodeName: 'small',
    agentDataDir: disk,
    // Else the pod is evicted before it can meet the full disk: test/e2e/nodes/eviction.test.ts.
    agentFlags: ['--eviction-hard=memory.available<100Mi'],
  });
  before(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
    await cluster.start();
  });
  after(async () => {
    await cluster.stop();
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it('keeps a pod from starting, with an event that says so, and ends nothing', async () => {
    const fill = () => {
      const { bavail, bsize } = statfsSync(disk);
      appendFileSync(join(disk, 'filling'), Buffer.alloc(bavail * bsize));
    };
    fill();
    // What the agent was about to write or to let go of when the disk filled up may leave some room.
    await sleep(1_000);
    fill();
    await cluster.api.create(PODS, POD);
    await eventually(async () => {
      fill();
      const { items } = await cluster.api.get<{ items: CoreEvent[] }>('/api/v1/namespaces/default/events');
      const messages = items.filter(({ type }) => type === 'Warning').map(({ message }) => message ?? '');
      assert.ok(
        messages.some((message) => /no space left|ENOSPC|disk/i.test(message)),
        `${messages.join('\n')}\n${cluster.log('agent')}`,
      );
    });
    assert.ok(cluster.runs('agent'));
  });

  it('lets it start when there is room again', async () => {
    rmSync(join(disk, 'filling'));
    await eventually(async () => {
      const { status } = await cluster.api.get<Pod>(`${PODS}/writer`);
      assert.equal(status?.phase, 'Running', JSON.stringify(status));
    }, 60_000);
  });
});
