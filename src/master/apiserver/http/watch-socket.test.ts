import assert from 'node:assert/strict';
import { Duplex, Readable } from 'node:stream';
import { CONFIG_MAP } from '../../../api/kinds/config-map.ts';
import { webSocketAcceptor } from '../../streams/websocket.ts';
import type { WatchEvent } from '../verbs/watch.ts';
import type { HttpRequest } from './exchange.ts';
import { WatchSocket } from './watch-socket.ts';
import { WatchText } from './watch-text.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);
const NEVER = new AbortController().signal;

/** A connection whose other end reads when it is told to. */
class Line extends Duplex {
  readonly #waiting: (() => void)[] = [];
  #isRead = true;

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#isRead) done();
    else this.#waiting.push(done);
  }

  stall(): void {
    this.#isRead = false;
  }

  flow(): void {
    this.#isRead = true;
    for (const done of this.#waiting.splice(0)) done();
  }

  // What `ws` wants of a net.Socket.
  setTimeout(): void {}
  setNoDelay(): void {}
}

function aRequest(socket: Duplex): HttpRequest {
  const headers = { upgrade: 'websocket', 'sec-websocket-key': KEY, 'sec-websocket-version': '13' };
  return Object.assign(Readable.from([]), { method: 'GET', url: '/', headers, socket });
}

function anEvent(bytes: number): WatchEvent {
  const metadata = { name: 'x'.repeat(bytes) };
  return { type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata } };
}

describe('a watch over a WebSocket', () => {
  let line: Line;
  let watch: WatchSocket;
  beforeEach(async () => {
    line = new Line();
    const view = {
      kind: CONFIG_MAP,
      representation: { encoding: 'json', version: 'v1' },
      includeObject: 'None',
    } as const;
    const handshake = { request: aRequest(line), socket: line, head: Buffer.alloc(0) };
    watch = new WatchSocket(handshake, await webSocketAcceptor(''), new WatchText(view, () => 0));
  });
  afterEach(() => {
    line.destroy();
  });

  it('takes half a megabyte for a client that does not read, and more when that is gone', async () => {
    watch.open();
    line.stall();
    const taken = Array.from({ length: 6 }, () => watch.send(anEvent(100_000)));
    assert.deepEqual(taken, [true, true, true, true, true, false]);
    const drained = watch.drained(NEVER);
    line.flow();
    await drained;
    assert.ok(watch.send(anEvent(100_000)));
  });

  it('waits no longer than its signal', async () => {
    watch.open();
    line.stall();
    watch.send(anEvent(1_000_000));
    const stop = new AbortController();
    const drained = watch.drained(stop.signal);
    stop.abort();
    await assert.rejects(drained, { name: 'AbortError' });
  });

  it('finds out that the client said goodbye', async () => {
    watch.open();
    assert.ok(watch.send(anEvent(1)));
    line.push(CLOSE_FRAME);
    await new Promise(setImmediate);
    assert.ok(!watch.send(anEvent(1)));
    assert.ok(watch.left.aborted);
  });

  it('is over before it began when the client is gone', () => {
    line.destroy();
    watch.open();
    assert.ok(watch.left.aborted);
    assert.ok(!watch.send(anEvent(1)));
    watch.close();
  });
});
