import assert from 'node:assert/strict';
import { execFile, execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createToken } from '../../../src/cli/commands/token.ts';
import { installLine } from '../../../src/cli/install-line.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { buildExecutable } from '../../lib/executables.ts';

const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x64';
const RELEASE = `bramble-linux-${ARCHITECTURE}`;

describe('a master from one file', function () {
  this.timeout(300_000);
  let folder: string;
  let cluster: TestCluster;
  let token: string;

  before(async () => {
    const program = [buildExecutable(ARCHITECTURE)];
    folder = mkdtempSync(join(tmpdir(), 'bramble-install-'));
    cluster = await new TestCluster({ agent: false, program, bridge: 'binst0' }).start();
    token = await createToken(cluster.api, { ttl: '10m' });
  });
  after(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const url = (path: string) => `https://127.0.0.1:${cluster.port}${path}`;
  const curl = (...args: string[]) => spawnSync('curl', ['-ksS', '-w', '%{http_code}', ...args], { encoding: 'utf8' });

  /** @returns a folder of programs as PATH of a system that has no coreutils, no openssl, nothing else. */
  function bareSystem(): string {
    const bin = join(folder, 'bare-bin');
    mkdirSync(bin);
    const busybox = execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();
    for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
      symlinkSync(busybox, join(bin, applet));
    symlinkSync(execFileSync('which', ['curl'], { encoding: 'utf8' }).trim(), join(bin, 'curl'));
    return bin;
  }

  /** `curl -k …/install.sh | sh -s -- …` */
  function install(shell: string, args: string, change = 'cat'): SpawnSyncReturns<string> {
    const line = `curl -ksSf ${url('/install.sh')} | ${change} | ${shell} -s -- ${args}`;
    return spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  }

  for (const shell of ['dash', 'busybox sh', 'bash']) {
    it(`is installed from itself by ${shell}`, () => {
      const dir = join(folder, shell.replace(' ', '-'));
      const result = install(shell, `--dir ${dir} --no-join --token ${token}`);
      assert.equal(result.status, 0, result.stderr);
      const version = spawnSync(join(dir, 'bramble'), ['version'], { encoding: 'utf8' });
      assert.match(version.stdout, /^bramble \d+\.\d+\.\d+, Kubernetes API v1\.36/);
    });
  }

  for (const shell of ['dash', 'busybox sh', 'bash']) {
    it(`is not installed by ${shell} with the token of another cluster`, () => {
      const dir = join(folder, 'other');
      const other = `${token.slice(0, -4)}${token.endsWith('0000') ? '1111' : '0000'}`;
      const result = install(shell, `--dir ${dir} --no-join --token ${other}`);
      assert.notEqual(result.status, 0);
      assert.match(result.stderr, /the token is not one of the master at .* Nothing was installed/);
      assert.ok(!existsSync(join(dir, 'bramble')));
    });
  }

  it('is installed where there is busybox and curl alone, whatever the order of options', () => {
    const bin = bareSystem();
    const install = (word: string) => {
      const line = `curl -ksSf ${url('/install.sh')} | sh -s -- --yes --dir=${dir} --node-label disk=ssd --token ${word} --no-join`;
      return spawnSync(join(bin, 'sh'), ['-c', line], { encoding: 'utf8', env: { PATH: bin } });
    };
    const dir = join(folder, 'bare');
    const stranger = `${token.slice(0, -64)}${'0'.repeat(64)}`;
    assert.match(install(stranger).stderr, /the token is not one of the master/);
    const result = install(token);
    assert.equal(result.status, 0, result.stderr);
    assert.ok(existsSync(join(dir, 'bramble')));
  });

  it('is not installed from a server that the authority in the installer does not vouch for', () => {
    const dir = join(folder, 'stranger');
    // Somebody in between who passes the text on and answers for the executable.
    const result = install(
      'sh',
      `--dir ${dir} --no-join`,
      `sed "s/^MASTER=.*/MASTER='127.0.0.1:${cluster.grpcPort + 1}'/"`,
    );
    assert.notEqual(result.status, 0);
    assert.ok(!existsSync(join(dir, 'bramble')));
  });

  it('is not installed on a 32-bit system, and says why', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'uname'), '#!/bin/sh\necho armv7l\n', { mode: 0o755 });
    const result = install(`env PATH=${bin}:$PATH sh`, `--dir ${join(folder, 'old')} --no-join`);
    assert.notEqual(result.status, 0);
    assert.match(result.stderr, /armv7l is not served: Bramble runs on 64-bit ARM and 64-bit x86/);
  });

  it('does nothing when half of the installer arrives', () => {
    const dir = join(folder, 'half');
    const result = install('sh', `--dir ${dir} --no-join`, 'head -c 3000');
    assert.ok(!existsSync(dir), result.stdout);
  });

  it('serves parts, and says what it has not', () => {
    const size = statSync(join(import.meta.dirname, '../../../dist', RELEASE)).size;
    const head = curl('-I', url(`/download/${RELEASE}`)).stdout;
    assert.match(head, new RegExp(`content-length: ${size}\\b`, 'i'));
    const part = curl('-r', '0-3', '-o', join(folder, 'part'), url(`/download/${RELEASE}`)).stdout;
    assert.equal(part, '206');
    assert.equal(readFileSync(join(folder, 'part'), 'latin1'), '\x7fELF');
    const etag = /etag: (\S+)/i.exec(head)?.[1] ?? '';
    assert.equal(curl('-H', `If-None-Match: ${etag}`, url(`/download/${RELEASE}`)).stdout, '304');
    assert.match(
      curl(url('/download/bramble-linux-riscv64')).stdout,
      /there is bramble-linux-x64 and bramble-linux-arm64.*404$/s,
    );
    assert.equal(curl('-X', 'DELETE', url('/install.sh')).stdout.slice(-3), '405');
  });

  it('answers the API while four machines fetch and a fifth is asked to wait', async () => {
    const fetches = `for i in 1 2 3 4 5; do curl -ksS -o /dev/null -w '%{http_code} ' ${url(`/download/${RELEASE}`)} & done; wait`;
    let isBusy = true;
    const fetched = promisify(execFile)('sh', ['-c', fetches]).finally(() => {
      isBusy = false;
    });
    let slowestMs = 0;
    while (isBusy) {
      const startedMs = performance.now();
      await cluster.api.get('/api/v1/namespaces');
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    }
    assert.deepEqual((await fetched).stdout.trim().split(' ').sort(), ['200', '200', '200', '200', '429']);
    assert.ok(slowestMs < 2000, `an answer took ${slowestMs} ms`);
  });

  it('is installed by the line that `token create` prints, and not when a letter of the installer differs', async () => {
    const line = (await installLine(cluster.api, token)).replace('sudo ', '');
    const own = line.replace(/--token \S+$/, `--dir ${join(folder, 'joined')} --no-join --token ${token}`);
    assert.equal(spawnSync('sh', ['-c', own]).status, 0);
    assert.ok(existsSync(join(folder, 'joined/bramble')));
    const changed = own.replace(/= [0-9a-f]{64}/, `= ${'0'.repeat(64)}`).replace('joined', 'changed');
    assert.notEqual(spawnSync('sh', ['-c', changed]).status, 0);
    assert.ok(!existsSync(join(folder, 'changed')));
  });
});
