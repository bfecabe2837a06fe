import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuntimeEvent } from '../../../src/agent/runtime/runtime.ts';
import { aPod, eventually, never, TestEngine } from './engine.ts';

describe('Docker containers', () => {
  const engine = new TestEngine();
  const { runtime } = engine;
  before(() => engine.start());
  afterEach(() => engine.clear());
  after(() => engine.stop());

  it('knows what engine it talks to', async () => {
    const info = await runtime.info();
    assert.match(info.version, /^\d+\./);
    assert.equal(info.architecture, process.arch === 'x64' ? 'amd64' : process.arch);
  });

  it('gives the containers of a pod one network, one hostname and one shared memory', async () => {
    const pod = aPod('shared');
    const ip = engine.address();
    const sandbox = await engine.sandbox(pod, { ip });
    await engine.run(pod, sandbox, 'echo hello > /dev/shm/x; nc -l -p 80 -e cat', { name: 'server' });
    const script = 'hostname; hostname -i; until [ -s /dev/shm/x ]; do sleep 0.05; done; cat /dev/shm/x; ifconfig eth0';
    const client = await engine.run(pod, sandbox, script, { name: 'client' });
    assert.equal((await engine.exited(client)).exitCode, 0);
    const log = await engine.log(client);
    assert.match(log, new RegExp(`^shared\n${ip}\nhello\n`));
    assert.match(log, new RegExp(`inet addr:${ip} `));
    assert.equal((await engine.observe(sandbox)).ip, ip);
  });

  it('keeps the address when the sandbox starts again', async () => {
    const pod = aPod('fixed');
    const ip = engine.address();
    const sandbox = await engine.sandbox(pod, { ip });
    await runtime.stopContainer(sandbox, 5, never);
    assert.equal((await engine.observe(sandbox)).ip, '');
    assert.equal(await engine.sandbox(pod, { ip }), sandbox);
    assert.equal((await engine.observe(sandbox)).ip, ip);
  });

  it('ends the pause program at once', async () => {
    const sandbox = await engine.sandbox(aPod('brief'));
    await runtime.stopContainer(sandbox, 30, never);
    const { exitCode, state } = await engine.observe(sandbox);
    assert.deepEqual({ exitCode, state }, { exitCode: 0, state: 'exited' });
  });

  it('tells a pod by its labels and makes nothing twice', async () => {
    const pod = aPod('named');
    const sandbox = await engine.sandbox(pod);
    const spec = await engine.spec(pod, sandbox, {}, 'sleep 60');
    const id = await runtime.createContainer(spec, never);
    assert.equal(await runtime.createContainer(spec, never), id);
    const created = await engine.observe(id);
    assert.equal(created.state, 'created');
    assert.equal(created.startedAt, undefined);
    await runtime.startContainer(id);
    await runtime.startContainer(id);
    const running = await engine.observe(id);
    assert.equal(running.state, 'running');
    assert.ok(running.pid > 0 && running.startedAt !== undefined && running.finishedAt === undefined);
    const { podName, podNamespace, podUid, containerName, attempt, role, image } = running;
    assert.deepEqual(
      { podName, podNamespace, podUid, containerName, attempt, role, image },
      {
        podName: 'named',
        podNamespace: 'default',
        podUid: pod.metadata.uid,
        containerName: 'main',
        attempt: 0,
        role: 'container',
        image: engine.image,
      },
    );
    assert.equal((await runtime.list(pod.metadata.uid)).length, 2);
    assert.equal((await runtime.list('another-uid')).length, 0);
  });

  it('makes a container anew that was created for a sandbox which is gone', async () => {
    const pod = aPod('moved');
    const first = await engine.sandbox(pod);
    const stale = await runtime.createContainer(await engine.spec(pod, first, {}, 'sleep 60'), never);
    await runtime.removeContainer(first);
    const second = await engine.sandbox(pod, { attempt: 1 });
    const fresh = await runtime.createContainer(await engine.spec(pod, second, {}, 'sleep 60'), never);
    assert.notEqual(fresh, stale);
    await runtime.startContainer(fresh);
  });

  it('says that a command does not exist, with the engine’s words and exit code 127', async () => {
    const pod = aPod('missing');
    const sandbox = await engine.sandbox(pod);
    const id = await runtime.createContainer(await engine.spec(pod, sandbox, { command: ['/no/such'] }), never);
    await assert.rejects(runtime.startContainer(id), { code: 'StartFailed', exitCode: 127, message: /\/no\/such/ });
    const observed = await engine.observe(id);
    assert.equal(observed.state, 'exited');
    assert.equal(observed.exitCode, 127);
    assert.match(observed.error, /no such file/);
    assert.notEqual(observed.finishedAt, undefined);
  });

  it('says that a command is not executable with exit code 126', async () => {
    const pod = aPod('notexec');
    const sandbox = await engine.sandbox(pod);
    const id = await runtime.createContainer(await engine.spec(pod, sandbox, { command: ['/etc/passwd'] }), never);
    await assert.rejects(runtime.startContainer(id), { code: 'StartFailed', exitCode: 126 });
  });

  it('sees that the kernel killed a container which passed its memory limit', async () => {
    const pod = aPod('greedy');
    const sandbox = await engine.sandbox(pod);
    const resources = { limits: { memory: '16Mi' } };
    const id = await engine.run(pod, sandbox, 'exec busybox tail /dev/zero', { resources });
    const { oomKilled, exitCode } = await engine.exited(id);
    assert.deepEqual({ oomKilled, exitCode }, { oomKilled: true, exitCode: 137 });
  });

  it('stops with the grace it is given, then kills', async () => {
    const pod = aPod('stubborn');
    const sandbox = await engine.sandbox(pod);
    const polite = await engine.run(pod, sandbox, 'trap "exit 7" TERM; while :; do sleep 0.1; done', {
      name: 'polite',
    });
    const deaf = await engine.run(pod, sandbox, 'trap "" TERM; while :; do sleep 0.1; done', { name: 'deaf' });
    await Promise.all([runtime.stopContainer(polite, 10, never), runtime.stopContainer(deaf, 1, never)]);
    assert.equal((await engine.observe(polite)).exitCode, 7);
    assert.equal((await engine.observe(deaf)).exitCode, 137);
    await runtime.stopContainer(deaf, 1, never);
    await runtime.removeContainer(deaf);
    await runtime.stopContainer(deaf, 1, never);
    await runtime.removeContainer(deaf);
  });

  it('uses the stop signal that the container names', async () => {
    const pod = aPod('signal');
    const sandbox = await engine.sandbox(pod);
    const script = 'trap "exit 9" USR1; while :; do sleep 0.1; done';
    const id = await engine.run(pod, sandbox, script, { lifecycle: { stopSignal: 'SIGUSR1' } });
    await runtime.stopContainer(id, 10, never);
    assert.equal((await engine.observe(id)).exitCode, 9);
  });

  it('refuses an address or a port that is taken and leaves nothing behind', async () => {
    const ip = engine.address();
    const ports = [{ containerPort: 80, hostPort: 41873 }];
    await engine.sandbox(aPod('first', { containers: [{ name: 'main', ports }] }), { ip });
    await assert.rejects(engine.sandbox(aPod('same-ip'), { ip }), { code: 'AddressTaken' });
    await assert.rejects(engine.sandbox(aPod('same-port', { containers: [{ name: 'main', ports }] })), {
      code: 'PortTaken',
    });
    assert.equal((await runtime.list()).length, 1);
  });

  it('puts a pod with hostNetwork on the node’s own network', async () => {
    const pod = aPod('hosted', { hostNetwork: true });
    const sandbox = await engine.sandbox(pod);
    const id = await engine.run(pod, sandbox, 'ls /sys/class/net');
    await engine.exited(id);
    assert.match(await engine.log(id), /docker0/);
  });

  it('shows a pod its own hosts and resolv.conf in place of Docker’s', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bramble-files-'));
    const mounts = ['hosts', 'resolv.conf'].map((name) => {
      writeFileSync(join(dir, name), `this is ${name}\n`);
      return { hostPath: join(dir, name), containerPath: `/etc/${name}`, readOnly: true };
    });
    const pod = aPod('files');
    const sandbox = await engine.sandbox(pod, { mounts });
    // One pipe: of two, Docker may read either first.
    const script = 'exec 2>&1; cat /etc/hosts /etc/resolv.conf; echo x > /etc/hosts';
    const spec = { ...(await engine.spec(pod, sandbox, {}, script)), mounts };
    const id = await runtime.createContainer(spec, never);
    await runtime.startContainer(id);
    await engine.exited(id);
    assert.match(await engine.log(id), /^this is hosts\nthis is resolv.conf\n.*Read-only file system/);
    rmSync(dir, { recursive: true });
  });

  it('refuses a mount whose source is not there', async () => {
    const pod = aPod('nomount');
    const sandbox = await engine.sandbox(pod);
    const mounts = [{ hostPath: '/no/such/place', containerPath: '/data', readOnly: false }];
    const spec = { ...(await engine.spec(pod, sandbox, {}, 'true')), mounts };
    await assert.rejects(runtime.createContainer(spec, never), { message: /bind source path does not exist/ });
  });

  it('honours users, read-only roots and dropped capabilities', async () => {
    const pod = aPod('secure', { securityContext: { runAsUser: 1000, fsGroup: 2000 } });
    const sandbox = await engine.sandbox(pod);
    const securityContext = { runAsGroup: 3000, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false };
    const script = 'exec 2>&1; id -u; id -g; id -G; touch /x; grep -E "NoNewPrivs|CapBnd" /proc/self/status';
    const id = await engine.run(pod, sandbox, script, { securityContext });
    await engine.exited(id);
    const log = await engine.log(id);
    assert.match(log, /^1000\n3000\n3000 2000\ntouch: \/x: Read-only file system\n/);
    assert.match(log, /NoNewPrivs:\t1/);
    const capabilities = BigInt(`0x${/CapBnd:\t(\S+)/.exec(log)?.[1]}`);
    assert.equal(capabilities & (1n << 13n), 0n, 'NET_RAW');
  });

  it('tells of every change of its containers, and inspects only what changed', async () => {
    const abort = new AbortController();
    const events: RuntimeEvent[] = [];
    await runtime.list();
    const following = runtime.events((event) => events.push(event), abort.signal);
    const pod = aPod('watched');
    const sandbox = await engine.sandbox(pod);
    const id = await engine.run(pod, sandbox, 'exit 3');
    const seen = () => events.filter(({ containerId }) => containerId === id).map(({ action }) => action);
    await eventually(async () => seen().includes('die') || undefined);
    assert.deepEqual(seen(), ['create', 'start', 'die']);
    assert.ok(events.every(({ podUid }) => podUid === pod.metadata.uid));
    assert.equal((await engine.observe(id)).exitCode, 3);
    assert.equal(await engine.observe(sandbox), await engine.observe(sandbox), 'kept while nothing happened to it');
    await runtime.removeContainer(id);
    await eventually(async () => seen().includes('destroy') || undefined);
    abort.abort();
    await following;
    assert.notEqual(await engine.observe(sandbox), await engine.observe(sandbox));
  });
});
