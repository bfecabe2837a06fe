import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary } from '../../../scripts/build/node-binary.ts';
import type { Node } from '../../../src/api/types.ts';
import { provideImages } from '../../../src/cli/up/example.ts';
import { RegistryMirror } from '../../../src/cli/up/mirror.ts';
import { hasProgram } from '../../../src/cli/up/run-command.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { buildExecutable } from '../../lib/executables.ts';
import { skip } from '../../lib/skip.ts';

/** Where Debian's libc6-arm64-cross and libstdc++6-arm64-cross put arm64 libraries on a machine of another architecture. */
const LIBRARIES = '/usr/aarch64-linux-gnu';
const POD = '/api/v1/namespaces/default/pods/hello';
/** Of an agent that is interpreted, on a machine that does other things, too. */
const PATIENCE_MS = 180_000;

/**
 * What it shows: all that the agent itself does, computed by arm64 code. What it does not: containers are this machine's own, since
 * Docker is, and so are the programs that the agent starts (ip, iptables, nft); the kernel is no Pi's, and nothing is said of speed.
 */
describe('the arm64 executable, under qemu-user, with an x64 Docker engine and x64 containers', function () {
  this.timeout(300_000);
  const mirrorDir = mkdtempSync(join(tmpdir(), 'bramble-images-'));
  let cluster: TestCluster | undefined;

  before('join an emulated agent to a real master', async function () {
    const qemu = await emulator();
    if (process.arch === 'arm64') skip(this, 'this machine is arm64: everything else here shows it natively');
    if (!qemu) skip(this, 'no qemu-aarch64 here: apt-get install qemu-user');
    if (!existsSync(join(LIBRARIES, 'lib/libstdc++.so.6'))) {
      skip(this, `no arm64 libraries in ${LIBRARIES}: apt-get install libstdc++6-arm64-cross`);
    }
    const missing = whyNoNode();
    if (missing) skip(this, `Node.js for arm64 can't be had: ${missing}`);
    const agentProgram = [qemu, '-L', LIBRARIES, buildExecutable('arm64')];
    await provideImages(mirrorDir, ['busybox:1']);
    const place = { bridge: 'brarm0', clusterCidr: '10.186.0.0/16', serviceCidr: '10.187.0.0/16', nodeName: 'arm' };
    cluster = await new TestCluster({ ...place, agentProgram, readyWithinMs: PATIENCE_MS }).start();
  });
  after(async () => {
    await cluster?.stop();
    await new RegistryMirror(mirrorDir).remove();
    rmSync(mirrorDir, { recursive: true, force: true });
  });

  it('enrols, and is Ready as a node of arm64', async () => {
    const { metadata, status } = await made().api.get<Node>('/api/v1/nodes/arm');
    assert.equal(status?.nodeInfo?.architecture, 'arm64');
    assert.equal(metadata.labels?.['kubernetes.io/arch'], 'arm64');
    assert.ok(Number(status?.capacity?.cpu) > 0);
  });

  it('runs a pod, whose image fits the engine, and tells its logs and what is executed in it', async () => {
    await made().api.create('/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'hello' },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'busybox:1',
            command: ['sh', '-c', 'echo hello from $(hostname); trap exit TERM; sleep 3600 & wait'],
            readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
          },
        ],
      },
    });
    await eventually(async () => {
      const { stdout } = await made().kubectl(['get', 'pod', 'hello']);
      assert.match(stdout, /hello +1\/1 +Running +0 /);
    }, PATIENCE_MS);
    const logs = await made().kubectl(['logs', 'hello'], { timeoutMs: 60_000 });
    assert.equal(logs.stdout, 'hello from hello\n', logs.stderr);
    const inside = await made().kubectl(['exec', 'hello', '--', 'cat', '/etc/hostname'], { timeoutMs: 60_000 });
    assert.equal(inside.stdout, 'hello\n', inside.stderr);
  });

  it('stops it when it is deleted', async () => {
    const deleted = await made().kubectl(['delete', 'pod', 'hello'], { timeoutMs: 120_000 });
    assert.equal(deleted.code, 0, deleted.stderr);
    await assert.rejects(made().api.get(POD), /not found/);
  });

  function made(): TestCluster {
    if (!cluster) throw new Error('there is no cluster');
    return cluster;
  }
});

/** Debian has it in two packages, under two names. */
async function emulator(): Promise<string | undefined> {
  for (const name of ['qemu-aarch64', 'qemu-aarch64-static']) if (await hasProgram(name)) return name;
  return undefined;
}

/** @returns why npm's registry did not give Node.js for arm64; anything else that is wrong is thrown. */
function whyNoNode(): string | undefined {
  try {
    nodeBinary('arm64');
    return undefined;
  } catch (error) {
    // Of a program that ended with a code, which is npm.
    if (error instanceof Error && 'status' in error) return error.message;
    throw error;
  }
}
