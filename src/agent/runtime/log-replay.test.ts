import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { unframeFollowed } from './log-replay.ts';

const at = (nanos: number) => `2026-03-01T12:00:00.${String(nanos).padStart(9, '0')}Z`;

function frame(nanos: number, line: string, stream = 1): Buffer {
  const payload = Buffer.from(`${at(nanos)} ${line}`);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** @param size of the chunks that it arrives in */
async function read(frames: readonly Buffer[], { keepTimes = false, size = 1000 } = {}): Promise<string> {
  const filter = unframeFollowed(keepTimes);
  const all = Buffer.concat(frames);
  for (let from = 0; from < all.length; from += size) filter.write(all.subarray(from, from + size));
  filter.end();
  return text(filter);
}

describe('a followed log', () => {
  const plain = [frame(1, 'a\n'), frame(2, 'b\n'), frame(3, 'c\n')];

  it('loses its frames and times, however the chunks fall', async () => {
    for (const size of [1, 7, 40, 1000]) assert.equal(await read(plain, { size }), 'a\nb\nc\n');
    assert.equal(await read(plain, { keepTimes: true }), `${at(1)} a\n${at(2)} b\n${at(3)} c\n`);
  });

  const cases: [string, Buffer[], string][] = [
    ['has no line twice that Docker sends again', [...plain, ...plain.slice(1), frame(4, 'd\n')], 'a\nb\nc\nd\n'],
    ['has no last line twice', [...plain, ...plain.slice(2), frame(4, 'd\n')], 'a\nb\nc\nd\n'],
    ['keeps lines that are the same at other times', [frame(1, 'a\n'), frame(2, 'a\n')], 'a\na\n'],
    ['keeps the pieces of one long line', [frame(1, 'aa'), frame(1, 'aa'), frame(1, 'a\n')], 'aaaaa\n'],
    ['keeps lines after the clock was set back', [frame(5, 'a\n'), frame(2, 'b\n'), frame(3, 'c\n')], 'a\nb\nc\n'],
    ['tells its two outputs apart', [frame(2, 'a\n'), frame(1, 'b\n', 2), frame(2, 'c\n', 2)], 'a\nb\nc\n'],
  ];
  for (const [title, frames, expected] of cases) it(title, async () => assert.equal(await read(frames), expected));
});
