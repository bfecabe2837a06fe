import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pod } from '../../../src/api/types.ts';
import { provideImages } from '../../../src/cli/up/example.ts';
import { RegistryMirror } from '../../../src/cli/up/mirror.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { rawRequest } from '../../lib/raw-client.ts';
import { bramble } from '../cli/bramble.ts';

const run = promisify(execFile);
const PODS = '/api/v1/namespaces/default/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
/** Ends at once when it is asked to. */
const COMMAND = ['sh', '-c', 'trap exit TERM; sleep 3600 & wait'];
const CONTAINERS = [{ name: 'main', image: 'busybox:1', command: COMMAND }];
const PLACE = {
  bridge: 'brestr0',
  clusterCidr: '10.188.0.0/16',
  serviceCidr: '10.189.0.0/16',
  nodeName: 'restored-node',
};

describe('a master that is restored on another machine', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'bramble-restore-'));
  const mirrorDir = mkdtempSync(join(tmpdir(), 'bramble-images-'));
  const agentDataDir = join(folder, 'agent');
  const file = join(folder, 'home.backup');
  const secret = join(folder, 'passphrase');
  let old: TestCluster;
  let restored: TestCluster | undefined;
  let atBackup: Map<string, string>;
  let lastOfOld: string;

  before('make a cluster, back it up, go on, lose it', async () => {
    await provideImages(mirrorDir, ['busybox:1']);
    old = await new TestCluster({ ...PLACE, agentDataDir }).start();
    await old.api.create(DEPLOYMENTS, deployment('web', 2));
    await eventually(async () => assert.equal((await ready(old)).length, 2), 90_000);
    writeFileSync(secret, 'correct horse battery\n');
    const made = await bramble('backup', '--data-dir', old.dataDir, '--passphrase-file', secret, file);
    assert.equal(made.code, 0, made.stderr);
    atBackup = await containers();
    assert.equal(atBackup.size, 4, 'two pods, each with what holds it together');
    const later = { metadata: { name: 'later' }, spec: { containers: CONTAINERS } };
    await old.api.create(PODS, { apiVersion: 'v1', kind: 'Pod', ...later });
    await eventually(async () => assert.equal((await ready(old)).length, 3), 90_000);
    lastOfOld = (await old.api.get<{ metadata: { resourceVersion: string } }>(PODS)).metadata.resourceVersion;
    await old.kill('master');
    await old.kill('agent');
  });

  after(async () => {
    await restored?.stop();
    await old.stop();
    await new RegistryMirror(mirrorDir).remove();
    for (const one of [folder, mirrorDir]) rmSync(one, { recursive: true, force: true });
  });

  it('takes its agents back by their keys, and restarts no container', async () => {
    const dataDir = join(folder, 'new');
    const result = await bramble('restore', '--data-dir', dataDir, '--passphrase-file', secret, file);
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /restored the cluster as of .*Agents stop pods that\nthe master no longer knows/s);
    restored = await new TestCluster({ ...PLACE, dataDir, agentDataDir, agent: false }).start();
    // Without a token: its key says who this node is.
    await restored.joinAgent('');
    const { api } = restored;
    const now = await eventually(async () => {
      const found = await containers();
      assert.equal(found.size, 4, 'the pod of after the backup is gone');
      return found;
    }, 60_000);
    assert.deepEqual(now, atBackup);
    const pods = (await api.get<{ items: Pod[] }>(PODS)).items;
    assert.equal(pods.length, 2);
    for (const { status } of pods) assert.equal(status?.containerStatuses?.[0]?.restartCount, 0);
  });

  it('sends watches of the old history back to a list', async () => {
    const path = `${PODS}?watch=1&timeoutSeconds=5&resourceVersion=${lastOfOld}`;
    const { code, text } = await rawRequest(kubeconfig(), { path });
    assert.match(`${code} ${text}`, /410|"reason":"Expired"/);
    const list = await cluster().api.get<{ metadata: { resourceVersion: string } }>(PODS);
    assert.ok(Number(list.metadata.resourceVersion) > Number(lastOfOld) + 1_000_000);
  });

  it('schedules again once its nodes are back', async () => {
    await cluster().api.create(DEPLOYMENTS, deployment('more', 1));
    await eventually(async () => assert.equal((await ready(cluster())).length, 3), 90_000);
    const now = await containers();
    for (const id of atBackup.keys()) assert.ok(now.has(id));
  });

  function cluster(): TestCluster {
    if (!restored) throw new Error('nothing was restored');
    return restored;
  }

  function kubeconfig(): string {
    return cluster().kubeconfig;
  }
});

async function ready(cluster: TestCluster): Promise<Pod[]> {
  const { items } = await cluster.api.get<{ items: Pod[] }>(PODS);
  return items.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
}

/** Running containers of the node: id to when it was started. */
async function containers(): Promise<Map<string, string>> {
  const { stdout } = await run('docker', [
    'ps',
    '-q',
    '--no-trunc',
    '--filter',
    `label=io.bramble.owner=${PLACE.bridge}`,
  ]);
  const ids = stdout.split('\n').filter(Boolean);
  if (ids.length === 0) return new Map();
  const inspected = await run('docker', ['inspect', '-f', '{{.Id}} {{.State.StartedAt}}', ...ids]);
  const lines = inspected.stdout.trim().split('\n').sort();
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

function deployment(name: string, replicas: number): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: CONTAINERS } },
    },
  };
}
