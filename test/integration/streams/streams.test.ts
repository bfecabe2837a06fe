import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { POD } from '../../../src/api/kinds/pod.ts';
import { eventually } from '../../lib/eventually.ts';
import { HttpClient } from '../apiserver/http-client.ts';
import { NODE, TestStreams } from './harness.ts';

const V5 = 'v5.channel.k8s.io';
const V4 = 'v4.channel.k8s.io';
const MB = 1024 * 1024;

interface Session {
  readonly stdout: string;
  readonly stderr: string;
  /** What came on the error channel. */
  readonly status: string;
  /** Of the Close frame. */
  readonly code: number;
}

/** Reads all that comes until the server closes. */
async function session(socket: WebSocket, decode = (message: Buffer) => message): Promise<Session> {
  const channels = new Map<number, string>();
  socket.on('message', (message: Buffer) => {
    const bytes = decode(message);
    const channel = bytes[0] ?? -1;
    channels.set(channel, (channels.get(channel) ?? '') + bytes.subarray(1).toString());
  });
  const [code] = await once(socket, 'close');
  const of = (channel: number) => channels.get(channel) ?? '';
  return { stdout: of(1), stderr: of(2), status: of(3), code: Number(code) };
}

function command(script: string, more = '&stdout=true&stderr=true'): string {
  return `box/exec?command=sh&command=-c&command=${encodeURIComponent(script)}${more}`;
}

describe('streams between clients and containers', function () {
  this.timeout(60_000);
  const streams = new TestStreams();
  let http: HttpClient;
  before(async () => {
    await streams.start();
    http = new HttpClient(streams.api);
    await streams.run('box', 'echo first; echo second; exec sleep 600');
  });
  after(async () => {
    http.close();
    await streams.stop();
  });

  it('tell by the status on channel 3 how a command ended, then close with 1000', async () => {
    const result = await session(streams.webSocket(command('echo out; echo err >&2; exit 3'), [V5]));
    assert.equal(result.stdout, 'out\n');
    assert.equal(result.stderr, 'err\n');
    assert.equal(result.code, 1000);
    assert.deepEqual(JSON.parse(result.status), {
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: exit status 3',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
    const good = await session(streams.webSocket(command('true'), [V4]));
    assert.deepEqual(JSON.parse(good.status), { metadata: {}, status: 'Success' });
  });

  it('choose the newest protocol that a client offers', async () => {
    const socket = streams.webSocket(command('true'), [V4, V5]);
    await once(socket, 'open');
    assert.equal(socket.protocol, V5);
    await session(socket);
  });

  it('end stdin when a client of v5 says so', async () => {
    const socket = streams.webSocket(command('cat; echo end', '&stdin=true&stdout=true'), [V5]);
    const result = session(socket);
    await once(socket, 'open');
    socket.send(Buffer.from('\0hello '));
    socket.send(Buffer.from([255, 0]));
    assert.equal((await result).stdout, 'hello end\n');
  });

  it('take one message of any size for stdin', async () => {
    const socket = streams.webSocket(command('wc -c', '&stdin=true&stdout=true'), [V5]);
    const result = session(socket);
    await once(socket, 'open');
    socket.send(Buffer.alloc(5 * MB));
    socket.send(Buffer.from([255, 0]));
    assert.equal((await result).stdout.trim(), String(5 * MB - 1));
  });

  it('speak Base64 and the first version', async () => {
    const decode = (message: Buffer) =>
      Buffer.concat([Buffer.of((message[0] ?? 0) - 0x30), Buffer.from(message.subarray(1).toString(), 'base64')]);
    const result = await session(streams.webSocket(command('echo out; exit 2'), ['base64.channel.k8s.io']), decode);
    assert.equal(result.stdout, 'out\n');
    assert.equal(result.status, 'command terminated with non-zero exit code: exit status 2');
  });

  it('refuse with a Status what cannot be, before any upgrade', async () => {
    const refusal = async (path: string, protocols = [V5]) => {
      const socket = streams.webSocket(path, protocols);
      socket.on('error', () => {});
      const [, response] = await once(socket, 'unexpected-response');
      return { code: response.statusCode, body: await text(response) };
    };
    const unknown = await refusal('box/exec?command=ls&stdout=true&container=z');
    assert.equal(unknown.code, 400);
    assert.equal(JSON.parse(unknown.body).message, 'container z is not valid for pod box');
    assert.match((await refusal('box/exec?command=ls')).body, /you must specify at least 1 of stdin, stdout, stderr/);
    assert.match((await refusal(command('true'), ['v9.channel.k8s.io'])).body, /unable to negotiate protocol/);
    const spec = { nodeName: NODE, containers: [{ name: 'main', image: 'none' }] };
    const stranger = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stranger', namespace: 'default' }, spec };
    await streams.api.client.create(POD, stranger);
    assert.equal((await refusal('stranger/exec?command=ls&stdout=true')).body, 'pods "stranger" not found');
    const lost = { ...stranger, metadata: { name: 'lost', namespace: 'default' }, spec: { ...spec, nodeName: 'pi-9' } };
    await streams.api.client.create(POD, lost);
    const away = await refusal('lost/exec?command=ls&stdout=true');
    assert.equal(away.code, 503);
    assert.match(JSON.parse(away.body).message, /node "pi-9" is not connected/);
  });

  it('make a command wait whose output the client does not read', async () => {
    const script = 'i=0; while head -c 65536 /dev/zero; do i=$((i+1)); echo $i > /count; done';
    const socket = streams.webSocket(command(script, '&stdout=true'), [V5]);
    await once(socket, 'open');
    socket.pause();
    const count = async () => Number((await session(streams.webSocket(command('cat /count'), [V5]))).stdout);
    await eventually(async () => {
      const before = await count();
      for (let i = 0; i < 1000; i++) await turn();
      assert.equal(await count(), before);
      assert.ok(before > 0);
    });
    const takenBytes = (await count()) * 65536;
    assert.ok(takenBytes < 32 * MB, `${takenBytes} bytes were taken without a reader`);
    socket.terminate();
  });

  it('let go of a command when its client is gone', async () => {
    const socket = streams.webSocket(command('cat; echo ended > /gone', '&stdin=true&stdout=true'), [V5]);
    await once(socket, 'open');
    socket.terminate();
    await eventually(async () => {
      const look = await session(streams.webSocket(command('cat /gone'), [V5]));
      assert.equal(look.stdout, 'ended\n');
    });
  });

  it('attach to a container', async () => {
    const script = 'read x; echo "<$x>"; exit 9';
    await streams.run('reader', script, { stdin: true, stdinOnce: true });
    const socket = streams.webSocket('reader/attach?stdin=true&stdout=true&stderr=true', [V5]);
    const result = session(socket);
    await once(socket, 'open');
    socket.send(Buffer.from('\0hi\n'));
    const { stdout, status } = await result;
    assert.equal(stdout, '<hi>\n');
    assert.deepEqual(JSON.parse(status), { metadata: {}, status: 'Success' });
  });

  it('carry logs', async () => {
    const log = '/api/v1/namespaces/default/pods/box/log';
    assert.equal((await http.call('GET', log)).text, 'first\nsecond\n');
    assert.equal((await http.call('GET', `${log}?limitBytes=3`)).text, 'fir');
    const previous = await http.call('GET', `${log}?previous=true`);
    assert.equal(previous.code, 400);
    assert.equal(previous.json.message, 'previous terminated container "main" in pod "box" not found');
  });

  it('carry nothing from a pod without a node', async () => {
    const spec = { containers: [{ name: 'main', image: 'none' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'unbound', namespace: 'default' }, spec };
    await streams.api.client.create(POD, pod);
    assert.equal((await http.call('GET', '/api/v1/namespaces/default/pods/unbound/log')).code, 204);
  });

  it('are refused over SPDY in words when the container does not run', async () => {
    const { id } = await streams.run('over', 'true');
    await streams.engine.exited(id);
    const headers = [
      'Upgrade: SPDY/3.1',
      `X-Stream-Protocol-Version: ${V4}`,
      'X-Stream-Protocol-Version: v3.channel.k8s.io',
    ];
    const socket = streams.upgrade('over/exec?command=ls&stdout=true', headers);
    assert.match(await text(socket), /^HTTP\/1\.1 500 .*\r\n\r\ncontainer not found \("main"\)$/s);
  });

  it('end a SPDY connection that is none', async () => {
    const headers = ['Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: portforward.k8s.io'];
    const socket = streams.upgrade('box/portforward', headers);
    socket.on('error', () => {});
    const [first] = await once(socket, 'data');
    assert.match(String(first), /^HTTP\/1\.1 101 .*\r\nX-Stream-Protocol-Version: portforward\.k8s\.io\r\n/s);
    socket.write(Buffer.from('8009000100000000', 'hex'));
    await once(socket, 'close');
  });
});
