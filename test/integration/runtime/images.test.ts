import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAUSE_IMAGE } from '../../../src/agent/runtime/pause-image.ts';
import { aPod, eventually, never, TestEngine } from './engine.ts';

/** `pi` with password `raspberry`, as htpasswd -B writes it. */
const USERS = 'pi:$2b$12$dtyDSZZ7w8MX25Uyo.lE7O30BZ.LzmHVU.DCWehL2AztjYGm3kbb2\n';

/** A real registry on loopback, whose address Docker trusts without TLS. */
class Registry {
  readonly #process: ChildProcess;
  readonly address: string;

  /** @param dir holds images and configuration; a guarded one wants a password for the same images */
  constructor(dir: string, port: number, isGuarded: boolean) {
    this.address = `127.0.0.1:${port}`;
    const config = join(dir, `config-${port}.yml`);
    writeFileSync(join(dir, 'htpasswd'), USERS);
    writeFileSync(
      config,
      [
        'version: 0.1',
        'log: {level: error, accesslog: {disabled: true}}',
        `storage: {filesystem: {rootdirectory: ${dir}/data}}`,
        `http: {addr: "${this.address}"}`,
        ...(isGuarded ? [`auth: {htpasswd: {realm: test, path: ${dir}/htpasswd}}`] : []),
      ].join('\n'),
    );
    this.#process = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  }

  async ready(): Promise<void> {
    await eventually(() =>
      fetch(`http://${this.address}/v2/`).then(
        () => true,
        () => undefined,
      ),
    );
  }

  stop(): void {
    this.#process.kill();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const address = server.address();
  server.close();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

describe('Docker images', () => {
  const engine = new TestEngine();
  const { runtime } = engine;
  const dir = mkdtempSync(join(tmpdir(), 'bramble-registry-'));
  let registry: Registry;
  let pushed = '';
  before(async () => {
    await engine.start();
    registry = new Registry(dir, await freePort(), false);
    await registry.ready();
    pushed = `${registry.address}/team/busybox:1`;
    execFileSync('docker', ['tag', engine.image, pushed]);
    execFileSync('docker', ['push', '-q', pushed], { stdio: 'ignore' });
    execFileSync('docker', ['rmi', pushed], { stdio: 'ignore' });
  });
  after(async () => {
    registry.stop();
    rmSync(dir, { recursive: true });
    execFileSync('docker', ['rmi', '-f', pushed], { stdio: 'ignore' });
    await engine.stop();
  });

  it('knows that an image is not here, and what it is once pulled', async () => {
    assert.equal(await runtime.image(pushed), undefined);
    const pulled = await runtime.pull(pushed, [], never);
    assert.deepEqual(pulled.command, ['sh']);
    assert.match(pulled.id, /^sha256:[0-9a-f]{64}$/);
    assert.match(pulled.digestReference, new RegExp(`^docker-pullable://${registry.address}/team/busybox@sha256:`));
    assert.deepEqual(await runtime.image(pushed), pulled);
    const byDigest = pulled.digestReference.replace('docker-pullable://', '');
    assert.equal((await runtime.pull(byDigest, [], never)).id, pulled.id);
  });

  it('pulls once for all who wait, and goes on when one gives up', async () => {
    const abort = new AbortController();
    const first = runtime.pull(pushed, [], abort.signal);
    const second = runtime.pull(pushed, [], never);
    abort.abort(new Error('pod deleted'));
    await assert.rejects(first, /pod deleted/);
    assert.match((await second).id, /^sha256:/);
  });

  it('tells a missing tag and a missing repository', async () => {
    const missing = { code: 'ImageNotFound', message: /manifest unknown|not found/ };
    await assert.rejects(runtime.pull(`${registry.address}/team/busybox:none`, [], never), missing);
    await assert.rejects(runtime.pull(`${registry.address}/none:1`, [], never), { code: 'ImageNotFound' });
  });

  it('tells a registry that is not there', async () => {
    const dead = `127.0.0.1:${await freePort()}/app:1`;
    await assert.rejects(runtime.pull(dead, [], never), { code: 'RegistryUnavailable', message: /connection refused/ });
  });

  it('tells a name that is none', async () => {
    await assert.rejects(runtime.pull('Not A Name', [], never), { code: 'InvalidImageName' });
    await assert.rejects(runtime.image('team/UPPER'), { code: 'InvalidImageName' });
  });

  it('tries each credential until the registry takes one', async () => {
    const guarded = new Registry(dir, await freePort(), true);
    const reference = `${guarded.address}/team/busybox:1`;
    const right = { username: 'pi', password: 'raspberry', serverAddress: guarded.address };
    const wrong = { ...right, password: 'apple' };
    try {
      await guarded.ready();
      await assert.rejects(runtime.pull(reference, [], never), { code: 'ImageUnauthorized' });
      await assert.rejects(runtime.pull(reference, [wrong], never), { code: 'ImageUnauthorized' });
      assert.match((await runtime.pull(reference, [wrong, right], never)).id, /^sha256:/);
    } finally {
      guarded.stop();
      execFileSync('docker', ['rmi', '-f', reference], { stdio: 'ignore' });
    }
  });

  it('refuses an image of another architecture before it fails in a loop', async () => {
    const pod = aPod('foreign');
    const sandbox = await engine.sandbox(pod);
    const spec = await engine.spec(pod, sandbox, {}, 'true');
    const foreign = { ...spec, image: { ...spec.image, architecture: 's390x' } };
    await assert.rejects(runtime.createContainer(foreign, never), {
      code: 'WrongArchitecture',
      message: /is built for linux\/s390x, this node is linux\//,
    });
    await engine.clear();
  });

  it('has the pause image without any registry', async () => {
    await engine.sandbox(aPod('paused'));
    const pause = await runtime.image(PAUSE_IMAGE);
    assert.deepEqual(pause?.entrypoint, ['/pause']);
    assert.ok((pause?.sizeBytes ?? 0) < 2000);
    await engine.clear();
  });
});
