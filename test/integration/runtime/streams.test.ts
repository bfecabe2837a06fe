import assert from 'node:assert/strict';
import { once } from 'node:events';
import { aPod, eventually, finish, never, TestEngine, text } from './engine.ts';

describe('Docker streams', () => {
  const engine = new TestEngine();
  const { runtime } = engine;
  const pod = aPod('streams');
  let sandbox = '';
  let sleeper = '';
  before(async () => {
    await engine.start();
    sandbox = await engine.sandbox(pod);
    sleeper = await engine.run(pod, sandbox, 'exec sleep 600', { name: 'sleeper' });
  });
  after(() => engine.stop());

  const exec = (script: string, options = { stdin: false, tty: false }) =>
    runtime.exec(sleeper, { command: ['sh', '-c', script], ...options });

  it('runs a command and keeps its outputs apart', async () => {
    const result = await finish(await exec('echo out; echo err >&2; exit 5'));
    assert.deepEqual(result, { stdout: 'out\n', stderr: 'err\n', code: 5 });
  });

  it('half-closes stdin, so that the command can answer after its end', async () => {
    const session = await exec('cat; echo done', { stdin: true, tty: false });
    session.stdin.write('hello ');
    session.stdin.end('world\n');
    assert.deepEqual(await finish(session), { stdout: 'hello world\ndone\n', stderr: '', code: 0 });
  });

  it('gives a terminal of the size that is asked for', async () => {
    const session = await exec('read x; stty size', { stdin: true, tty: true });
    await session.resize({ width: 123, height: 45 });
    session.stdin.write('\n');
    const output = await text(session.stdout);
    assert.match(output, /45 123\r\n$/);
    assert.equal(await session.exitCode(), 0);
  });

  it('carries megabytes to a slow reader unharmed', async () => {
    const session = await exec('yes 0123456789abcde | head -c 8388608');
    session.stderr.resume();
    let length = 0;
    for await (const chunk of session.stdout) {
      length += (chunk as Buffer).length;
      await new Promise(setImmediate);
    }
    assert.equal(length, 8388608);
  });

  it('reports a command that does not exist by its exit code', async () => {
    const session = await runtime.exec(sleeper, { command: ['/no/such'], stdin: false, tty: false });
    const { code, stdout } = await finish(session);
    assert.ok(code === 126 || code === 127);
    assert.match(stdout, /no such file/);
  });

  it('refuses an exec in a container that does not run', async () => {
    const id = await engine.run(pod, sandbox, 'true', { name: 'over' });
    await engine.exited(id);
    const command = { command: ['true'], stdin: false, tty: false };
    await assert.rejects(runtime.exec(id, command), { code: 'Conflict' });
    await assert.rejects(runtime.exec('nosuchcontainer', command), { code: 'NotFound' });
  });

  it('attaches to what a container reads and writes', async () => {
    const script = 'while read line; do echo "got $line"; echo "noted $line" >&2; done; echo bye';
    const id = await engine.run(pod, sandbox, script, { name: 'reader', stdin: true, stdinOnce: true });
    const session = await runtime.attach(id, { stdin: true, tty: false });
    session.stdin.end('one\ntwo\n');
    const [stdout, stderr] = await Promise.all([text(session.stdout), text(session.stderr)]);
    assert.equal(stdout, 'got one\ngot two\nbye\n');
    assert.equal(stderr, 'noted one\nnoted two\n');
  });

  it('attaches to a terminal', async () => {
    const id = await engine.run(pod, sandbox, 'read x; echo "<$x>"', { name: 'shell', stdin: true, tty: true });
    const session = await runtime.attach(id, { stdin: true, tty: true });
    await runtime.resize(id, { width: 80, height: 24 });
    session.stdin.write('hi\n');
    assert.match(await text(session.stdout), /<hi>\r\n/);
    assert.equal(await text(session.stderr), '');
  });

  it('reads the end of a log, its times, and what came after a moment', async () => {
    const id = await engine.run(pod, sandbox, 'for i in 1 2 3 4 5; do echo line $i; done', { name: 'writer' });
    const { finishedAt } = await engine.exited(id);
    const log = (options: object) =>
      runtime.logs(id, { follow: false, timestamps: false, ...options }, never).then(text);
    assert.equal(await log({}), 'line 1\nline 2\nline 3\nline 4\nline 5\n');
    assert.equal(await log({ tailLines: 2 }), 'line 4\nline 5\n');
    assert.equal(await log({ tailLines: 0 }), '');
    assert.match(await log({ tailLines: 1, timestamps: true }), /^\d{4}-\d\d-\d\dT[\d:.]+Z line 5\n$/);
    assert.equal(await log({ sinceMs: (finishedAt ?? 0) + 1000 }), '');
  });

  it('has both outputs in a log, and none of a container that is not there', async () => {
    const id = await engine.run(pod, sandbox, 'echo out; echo err >&2', { name: 'both' });
    await engine.exited(id);
    // Two pipes: Docker may read either first.
    assert.deepEqual((await engine.log(id)).split('\n').sort(), ['', 'err', 'out']);
    const options = { follow: false, timestamps: false };
    await assert.rejects(runtime.logs('nosuchcontainer', options, never), { code: 'NotFound' });
  });

  it('follows a log until the container ends', async () => {
    const id = await engine.run(pod, sandbox, 'echo first; read x; echo last', {
      name: 'slow',
      stdin: true,
      stdinOnce: true,
    });
    const following = await runtime.logs(id, { follow: true, timestamps: false }, never);
    const [first] = await once(following, 'data');
    assert.equal(String(first), 'first\n');
    const rest = text(following);
    const session = await runtime.attach(id, { stdin: true, tty: false });
    session.stdin.end('go\n');
    assert.equal(await rest, 'last\n');
  });

  it('ends a followed log without an error when nobody wants it any more', async () => {
    const abort = new AbortController();
    const following = text(await runtime.logs(sleeper, { follow: true, timestamps: false }, abort.signal));
    abort.abort();
    assert.equal(await following, '');
  });

  it('reads the raw log of a terminal', async () => {
    const id = await engine.run(pod, sandbox, 'echo plain', { name: 'ttylog', tty: true });
    await engine.exited(id);
    assert.equal(await engine.log(id), 'plain\r\n');
  });

  it('reads a log over its rotated files', async () => {
    const lines = 260_000;
    const script = `seq -f 'line %010.0f of a log that is rotated' ${lines} 2>/dev/null || seq ${lines}`;
    const id = await engine.run(pod, sandbox, script, { name: 'chatty' });
    await engine.exited(id);
    let count = 0;
    let last = '';
    for await (const chunk of await runtime.logs(id, { follow: false, timestamps: false }, never)) {
      const parts = (last + String(chunk)).split('\n');
      last = parts.pop() ?? '';
      count += parts.length;
    }
    assert.equal(count, lines);
  });

  it('lets go of a session whose connection is destroyed', async () => {
    const session = await exec('cat', { stdin: true, tty: false });
    session.stdout.on('error', () => undefined);
    session.stderr.on('error', () => undefined);
    session.connection.destroy();
    await eventually(async () => (session.connection.destroyed ? true : undefined));
  });
});
