import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tar } from '../../../src/agent/runtime/tar.ts';
import type { Pod } from '../../../src/api/types.ts';
import { runCommand } from '../../../src/cli/up/run-command.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';

const PATIENCE_MS = 60_000;
const POD = '/api/v1/namespaces/default/pods';

describe('an agent that is killed with all its containers while the master is away', function () {
  this.timeout(180_000);
  const cluster = new TestCluster({
    bridge: 'btestedge0',
    clusterCidr: '10.162.0.0/16',
    serviceCidr: '10.163.0.0/16',
    nodeName: 'edge',
  });
  const image = `bramble-test/edge:${randomBytes(4).toString('hex')}`;

  before(async () => {
    const root = tar([{ path: 'bin/busybox', mode: 0o755, content: readFileSync('/bin/busybox') }]);
    const command = 'CMD ["/bin/busybox", "sleep", "3600"]';
    await runCommand('docker', ['import', '-c', command, '-', image], { input: root });
    await cluster.start();
    await cluster.api.create(POD, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'server' },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image, imagePullPolicy: 'Never' }] },
    });
    await eventually(async () => assert.equal((await pod()).status?.phase, 'Running'), PATIENCE_MS);
  });
  after(async () => {
    await cluster.stop();
    await runCommand('docker', ['rmi', '-f', image]);
  });

  const kept = () => join(cluster.agentDataDir, 'agent', 'assignment.sealed');
  const pod = () => cluster.api.get<Pod>(`${POD}/server`);
  const running = async () => {
    const filters = ['label=io.kubernetes.pod.name=server', 'label=io.kubernetes.container.name=main'];
    const text = await runCommand('docker', ['ps', '-q', '--no-trunc', ...filters.flatMap((one) => ['-f', one])]);
    return text.split('\n').filter((line) => line !== '');
  };

  /** Everything dies at once, but Docker. @param change to the agent's disk, meanwhile */
  async function killAll(change: () => void = () => {}): Promise<void> {
    await cluster.kill('master');
    await cluster.kill('agent');
    const ids = (await runCommand('docker', ['ps', '-q', '-f', 'label=io.kubernetes.pod.name=server'])).trim();
    await runCommand('docker', ['kill', ...ids.split('\n')]);
    change();
    await cluster.joinAgent('');
  }

  async function masterIsBack(restartCount: number): Promise<void> {
    await cluster.startMaster();
    await eventually(async () => {
      const { status } = await pod();
      assert.equal(status?.containerStatuses?.[0]?.restartCount, restartCount);
      assert.ok(status?.containerStatuses?.[0]?.state?.running);
    }, PATIENCE_MS);
  }

  it('runs its pods again, and nothing is restarted when the master comes back', async () => {
    await killAll();
    const ids = await eventually(async () => {
      const found = await running();
      assert.equal(found.length, 1);
      return found;
    }, PATIENCE_MS);
    await masterIsBack(1);
    assert.deepEqual(await running(), ids);
  });

  it('begins with what was whole when the last write was cut short', async () => {
    await killAll(() => truncateSync(kept(), statSync(kept()).size - 1));
    await eventually(async () => assert.equal((await running()).length, 1), PATIENCE_MS);
    await masterIsBack(2);
  });

  it('waits for the master when what it kept is damaged, and says so', async () => {
    await killAll(() => {
      const bytes = readFileSync(kept());
      bytes.fill(0x5a, 30, 60);
      writeFileSync(kept(), bytes);
    });
    await eventually(() =>
      assert.match(cluster.log('agent', 200), /what was kept of the last assignment cannot be read/),
    );
    assert.deepEqual(await running(), []);
    await masterIsBack(3);
  });
});
