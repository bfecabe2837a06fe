import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { rawRequest, type StatusAnswer } from '../../lib/raw-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, size = 10) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'x'.repeat(size) } });

describe('a full disk', function () {
  this.timeout(120_000);
  const disk = mkdtempSync(join(tmpdir(), 'small-disk-'));
  let cluster: TestCluster;

  before(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
    cluster = new TestCluster({
      bridge: 'btestdsk0',
      clusterCidr: '10.150.0.0/16',
      serviceCidr: '10.151.0.0/16',
      dataDir: disk,
      agent: false,
    });
    await cluster.start();
  });
  after(async () => {
    await cluster.stop();
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  const create = (name: string, size?: number) =>
    rawRequest(cluster.kubeconfig, { method: 'POST', path: CONFIG_MAPS, body: configMap(name, size) });
  const fill = () => {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filling'), Buffer.alloc(Math.max(0, bavail * bsize - 4096)));
  };

  it('is told to who writes, and nothing that was acknowledged is lost', async () => {
    assert.equal((await create('before')).code, 201);
    fill();
    const refused = await eventually(async () => {
      const answer = await create(`more-${Math.random().toString(36).slice(2)}`, 900_000);
      assert.notEqual(answer.code, 201);
      return answer;
    });
    const status = JSON.parse(refused.text) as StatusAnswer;
    assert.ok([500, 503, 507].includes(status.code), refused.text);
    assert.match(status.message, /disk|space|full/i);
    assert.ok(cluster.runs('master'));
    assert.equal((await rawRequest(cluster.kubeconfig, { path: `${CONFIG_MAPS}/before` })).code, 200);
  });

  it('heals when there is room again', async () => {
    rmSync(join(disk, 'filling'));
    await eventually(async () => assert.equal((await create(`after-${Date.now()}`)).code, 201));
    assert.equal((await rawRequest(cluster.kubeconfig, { path: `${CONFIG_MAPS}/before` })).code, 200);
  });

  it('keeps what was acknowledged over a power cut', async () => {
    await cluster.kill('master');
    await cluster.startMaster();
    assert.equal((await rawRequest(cluster.kubeconfig, { path: `${CONFIG_MAPS}/before` })).code, 200);
  });
});
