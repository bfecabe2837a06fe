import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../lib/cluster.ts';
import { bramble, type CliResult } from './bramble.ts';

const BRIDGE = 'btestup0';
const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim();

describe('bramble up and down', function () {
  this.timeout(180_000);
  const dataDir = join(tmpdir(), `bramble-up-${randomBytes(4).toString('hex')}`);
  let flags: readonly string[] = [];
  const up = () => bramble('up', '--no-example', `--data-dir=${dataDir}`, ...flags);
  const down = (...more: string[]) => bramble('down', `--data-dir=${dataDir}`, ...more);
  const assertDone = ({ code, stdout, stderr }: CliResult) => assert.equal(code, 0, stdout + stderr);

  before(async () => {
    const [port, grpcPort] = [await freePort(), await freePort()];
    const master = [`--listen=0.0.0.0:${port}`, `--grpc-listen=127.0.0.1:${grpcPort}`];
    const networks = ['--cluster-cidr=10.156.0.0/16', '--service-cidr=10.157.0.0/16', '--cluster-dns=10.157.0.10'];
    const agent = [`--master=127.0.0.1:${grpcPort}`, `--bridge=${BRIDGE}`, '--node-name=up-node'];
    flags = [
      ...[...master, ...networks].map((flag) => `--master-flag=${flag}`),
      ...agent.map((flag) => `--agent-flag=${flag}`),
    ];
  });
  after(async () => {
    await down();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('have nothing to take away before the first time', async () => {
    const result = await down();
    assertDone(result);
    assert.match(result.stdout, /nothing to take away/);
  });

  it('make a cluster, and find it there the second time', async () => {
    const first = await up();
    assertDone(first);
    assert.match(first.stdout, /up-node +Ready/);
    const second = await up();
    assertDone(second);
    assert.match(second.stdout, /runs already/);
    assert.match(second.stdout, /up-node +Ready/);
    assert.notEqual(docker('network', 'ls', '-q', '--filter', 'name=^btestup$'), '');
  });

  it('keep the objects with --keep-data', async () => {
    assertDone(await down('--keep-data'));
    assert.ok(existsSync(join(dataDir, 'kubeconfig')));
    assertDone(await up());
  });

  it('take all away, and again', async () => {
    assertDone(await down());
    assert.ok(!existsSync(dataDir));
    assert.equal(docker('network', 'ls', '-q', '--filter', 'name=^btestup$'), '');
    assert.ok(!execFileSync('iptables-save', { encoding: 'utf8' }).includes('BTESTUP'));
    assertDone(await down());
  });
});
