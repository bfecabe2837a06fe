import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { attachSession, FrameParser, logStream, unframe } from './docker-streams.ts';
import { jsonLines } from './json-lines.ts';

function frame(stream: number, payload: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(payload), 4);
  return Buffer.concat([header, Buffer.from(payload)]);
}

const FRAMES = Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, ''), frame(1, 'more')]);

describe('Docker’s frames', () => {
  it('are taken apart however the chunks fall', () => {
    for (let size = 1; size <= FRAMES.length; size++) {
      const parser = new FrameParser();
      const seen = { out: '', err: '' };
      for (let at = 0; at < FRAMES.length; at += size)
        for (const { isStderr, bytes } of parser.push(FRAMES.subarray(at, at + size)))
          seen[isStderr ? 'err' : 'out'] += bytes.toString();
      assert.deepEqual(seen, { out: 'outmore', err: 'err' }, `chunks of ${size}`);
    }
  });

  it('are dropped from a log, keeping the order', async () => {
    const strip = unframe();
    strip.end(FRAMES);
    assert.equal(await text(strip), 'outerrmore');
  });

  it('become two streams of a session', async () => {
    const connection = new PassThrough();
    const session = attachSession(connection, false);
    connection.end(FRAMES);
    assert.deepEqual(await Promise.all([text(session.stdout), text(session.stderr)]), ['outmore', 'err']);
  });

  it('do not exist on a terminal', async () => {
    const connection = new PassThrough();
    const session = attachSession(connection, true);
    connection.end('raw');
    assert.deepEqual(await Promise.all([text(session.stdout), text(session.stderr)]), ['raw', '']);
  });

  it('go on when one of two readers has gone', async () => {
    const connection = new PassThrough();
    const session = attachSession(connection, false);
    (session.stderr as PassThrough).destroy();
    connection.write(frame(2, 'x'.repeat(100_000)));
    connection.end(frame(1, 'out'));
    assert.equal(await text(session.stdout), 'out');
  });

  it('fail both streams when the connection breaks', async () => {
    const connection = new PassThrough();
    const session = attachSession(connection, false);
    const outputs = [text(session.stdout), text(session.stderr)];
    connection.destroy(new Error('broken'));
    for (const output of outputs) await assert.rejects(output, /broken/);
  });

  it('let a log fail when the engine goes', async () => {
    const source = new PassThrough();
    const output = text(logStream(source, unframe(), new AbortController().signal));
    source.destroy(new Error('engine gone'));
    await assert.rejects(output, /engine gone/);
  });
});

describe('lines of JSON', () => {
  it('are read however the chunks fall, with characters cut in two', async () => {
    const bytes = Buffer.from('{"a":"ü"}\r\n\n{"b":2}');
    for (let size = 1; size <= bytes.length; size++) {
      const source = new PassThrough();
      for (let at = 0; at < bytes.length; at += size) source.write(bytes.subarray(at, at + size));
      source.end();
      const seen: unknown[] = [];
      for await (const value of jsonLines(source)) seen.push(value);
      assert.deepEqual(seen, [{ a: 'ü' }, { b: 2 }]);
    }
  });
});
