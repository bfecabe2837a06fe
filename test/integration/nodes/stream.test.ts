import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Uplink } from '../../../src/agent/uplink/uplink.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import type { FrameStream } from '../../../src/rpc/frame-stream.ts';
import type { OpenStream } from '../../../src/rpc/messages.ts';
import { eventually } from '../../lib/eventually.ts';
import { Cleanup, enroll, startAgent, startMaster, type TestMaster } from './harness.ts';

const MB = 1024 * 1024;
const CHUNK = 64 * 1024;
const REQUEST = { namespace: 'default', name: 'p', uid: 'u', container: 'main' };
const LOG = {
  ...REQUEST,
  log: {
    follow: true,
    previous: false,
    timestamps: false,
    sinceSeconds: 0,
    sinceTime: '',
    hasTailLines: true,
    tailLines: 0,
    limitBytes: 5_000_000_000,
  },
};

/** Sends bytes on a channel and ends the channel. */
async function send(stream: FrameStream, bytes: Buffer, channel: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    await stream.write({ data: { channel, data: bytes.subarray(at, at + CHUNK) } });
  }
  await stream.write({ end: { channel } });
}

/** Reads until the other side ends the channel. @returns SHA-256 of its bytes. */
async function receive(stream: FrameStream): Promise<string> {
  const hash = createHash('sha256');
  for await (const frame of stream) {
    if (frame.data) hash.update(frame.data.data);
    if (frame.end) break;
  }
  return hash.digest('hex');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a stream to a node', () => {
  const cleanup = new Cleanup();
  const never = new AbortController().signal;
  let master: TestMaster;
  let uplink: Uplink;
  let opened: PromiseWithResolvers<{ request: OpenStream; stream: FrameStream }>;

  before(async () => {
    master = cleanup.add(await startMaster(await cleanup.dir()));
    const dir = await cleanup.dir();
    const token = master.tokens.createLocal();
    uplink = cleanup.add(await startAgent({ dir, master: master.address, name: 'pi-1', token }));
    uplink.onOpenStream((request, dial) => opened.resolve({ request, stream: dial() }));
    await eventually(() => assert.ok(uplink.assignments.isComplete));
  });
  beforeEach(() => {
    opened = Promise.withResolvers();
  });
  after(() => cleanup.run());

  async function open(): Promise<{ up: FrameStream; down: FrameStream; request: OpenStream }> {
    const up = await master.sessions.openStream('pi-1', LOG, never);
    const { stream, request } = await opened.promise;
    return { up, down: stream, request };
  }

  it('carries the request as it was asked', async () => {
    const { up, request } = await open();
    const { streamId, ...rest } = request;
    assert.ok(streamId.length >= 32);
    assert.deepEqual(rest, LOG);
    up.end();
  });

  it('carries 10 MB both ways at once, whole', async () => {
    const { up, down } = await open();
    const [request, answer] = [randomBytes(10 * MB), randomBytes(10 * MB)];
    const [atNode, atMaster] = await Promise.all([
      receive(down),
      receive(up),
      send(up, request, 0),
      send(down, answer, 1),
    ]);
    assert.equal(atNode, sha256(request));
    assert.equal(atMaster, sha256(answer));
    await down.write({ result: { status: Buffer.from('{"status":"Success"}') } });
    const last = await up[Symbol.asyncIterator]().next();
    assert.equal(Buffer.from(last.value?.result?.status ?? '').toString(), '{"status":"Success"}');
    down.end();
    assert.equal((await up[Symbol.asyncIterator]().next()).done, true);
    up.end();
  });

  for (const direction of ['up', 'down'] as const) {
    it(`makes the writer wait when nobody reads (${direction})`, async () => {
      const { up, down } = await open();
      const [writer, reader] = direction === 'up' ? [down, up] : [up, down];
      let written = 0;
      let isWaiting = false;
      const filling = (async () => {
        while (written < 64 * MB) {
          isWaiting = true;
          await writer.write({ data: { channel: 1, data: Buffer.alloc(CHUNK) } });
          isWaiting = false;
          written += CHUNK;
        }
        await writer.write({ end: { channel: 1 } });
      })();
      // Stuck: the amount stands still over many turns of the loop.
      await eventually(async () => {
        const before = written;
        for (let i = 0; i < 200; i++) await turn();
        assert.ok(isWaiting && written === before && written > 0);
      });
      assert.ok(written <= 8 * MB, `${written} bytes were taken without a reader`);
      await receive(reader);
      await filling;
      assert.equal(written, 64 * MB);
      down.cancel('done');
    });
  }

  it('breaks for the other side when one cancels', async () => {
    const first = await open();
    first.down.cancel('enough');
    await assert.rejects(first.up[Symbol.asyncIterator]().next(), { reason: 'ServiceUnavailable' });
    opened = Promise.withResolvers();
    const second = await open();
    second.up.cancel('enough');
    await assert.rejects(second.down[Symbol.asyncIterator]().next(), { reason: 'ServiceUnavailable' });
    await assert.rejects(second.down.write({ end: { channel: 0 } }), { reason: 'ServiceUnavailable' });
  });

  it('cannot be had of a node that is not connected, and says which', async () => {
    const asking = master.sessions.openStream('pi-9', LOG, never);
    await assert.rejects(asking, { reason: 'ServiceUnavailable', message: /node "pi-9" is not connected/ });
  });

  it('is given up when the asker goes away', async () => {
    const asker = new AbortController();
    uplink.onOpenStream(() => asker.abort(new Error('gone')));
    await assert.rejects(master.sessions.openStream('pi-1', LOG, asker.signal), /gone/);
    uplink.onOpenStream((request, dial) => opened.resolve({ request, stream: dial() }));
  });

  it('can be taken by the node that was asked only, and once', async () => {
    const dir = await cleanup.dir();
    const token = master.tokens.createLocal();
    const thief = await enroll({ dir, master: master.address, name: 'pi-2', token });
    const client = new RpcClient({ address: master.address, caPem: thief.caPem, identity: thief });
    const asked = Promise.withResolvers<OpenStream>();
    const go = Promise.withResolvers<void>();
    uplink.onOpenStream((request, dial) => {
      asked.resolve(request);
      go.promise.then(dial);
    });
    const asking = master.sessions.openStream('pi-1', LOG, never);
    const { streamId } = await asked.promise;
    const steal = async () => {
      const stream = client.stream();
      await stream.write({ hello: { streamId } });
      await stream[Symbol.asyncIterator]().next();
    };
    await assert.rejects(steal(), { reason: 'Forbidden' });
    go.resolve();
    const stream = await asking;
    await assert.rejects(steal(), { reason: 'NotFound' });
    stream.end();
    client.close();
  });
});
