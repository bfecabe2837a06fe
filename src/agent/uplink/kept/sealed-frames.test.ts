import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { fileKey, newHeader, openSealed, sealFrame } from './sealed-frames.ts';

function newKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

const KEY = newKey();
const TEXTS = ['one: hunter2', 'two', `three ${'x'.repeat(500)}`];

function aFile(texts = TEXTS): { bytes: Buffer; ends: number[] } {
  const header = newHeader();
  const key = fileKey(createPrivateKey(KEY), header);
  const frames = texts.map((text, index) => sealFrame(key, index, text));
  const ends = frames.map((_, index) => header.length + Buffer.concat(frames.slice(0, index + 1)).length);
  return { bytes: Buffer.concat([header, ...frames]), ends };
}

describe('a sealed file', () => {
  it('gives back what was put in', () => {
    const { bytes } = aFile();
    assert.deepEqual(openSealed(KEY, bytes), {
      header: bytes.subarray(0, 24),
      texts: TEXTS,
      goodBytes: bytes.length,
      damage: 'none',
    });
  });

  it('is nothing, and undamaged, when it is empty', () => {
    assert.deepEqual(openSealed(KEY, Buffer.alloc(0)).damage, 'none');
  });

  it('shows nothing of what is in it, and nothing to another key', () => {
    const { bytes } = aFile();
    assert.equal(bytes.includes('hunter2'), false);
    const { texts, damage } = openSealed(newKey(), bytes);
    assert.deepEqual(texts, []);
    assert.equal(damage, 'corrupt');
  });

  it('cut at any byte holds all that was whole before the cut', () => {
    const { bytes, ends } = aFile();
    for (let length = 24; length < bytes.length; length++) {
      const { texts, goodBytes, damage } = openSealed(KEY, bytes.subarray(0, length));
      const whole = ends.filter((end) => end <= length);
      assert.deepEqual(texts, TEXTS.slice(0, whole.length), `cut at ${length}`);
      assert.equal(goodBytes, whole.at(-1) ?? 24);
      assert.equal(damage, length === goodBytes ? 'none' : 'torn');
    }
    for (let length = 1; length < 24; length++) {
      assert.equal(openSealed(KEY, bytes.subarray(0, length)).damage, 'corrupt');
    }
  });

  it('that had grown before its last write came through holds what was before it', () => {
    const { bytes, ends } = aFile();
    const grown = Buffer.from(bytes).fill(0, ends[1]);
    assert.deepEqual(openSealed(KEY, grown).texts, TEXTS.slice(0, 2));
    const half = Buffer.from(bytes).fill(0, (ends[1] ?? 0) + 40);
    assert.deepEqual(openSealed(KEY, half).texts, TEXTS.slice(0, 2));
  });

  it('with any bit turned gives either nothing or what was written before the last frame', () => {
    const { bytes, ends } = aFile();
    for (let at = 0; at < bytes.length; at++) {
      const bad = Buffer.from(bytes);
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      const { texts, damage } = openSealed(KEY, bad);
      assert.notEqual(damage, 'none', `bit at ${at}`);
      const isInLast = at >= (ends[1] ?? 0);
      if (damage === 'torn') assert.ok(isInLast, `bit at ${at} passed for a torn write`);
      assert.deepEqual(texts, damage === 'torn' ? TEXTS.slice(0, 2) : []);
    }
  });

  it('takes no frame from another place or another file', () => {
    const { bytes, ends } = aFile(['first', 'other']);
    const [first = 0, second = 0] = ends;
    const swapped = Buffer.concat([bytes.subarray(0, 24), bytes.subarray(first, second), bytes.subarray(24, first)]);
    assert.equal(openSealed(KEY, swapped).damage, 'corrupt');
    const foreign = Buffer.concat([
      bytes.subarray(0, first),
      aFile(['first', 'other']).bytes.subarray(-(second - first)),
    ]);
    assert.deepEqual(openSealed(KEY, foreign).texts, ['first'], 'a last frame that does not fit counts as torn');
  });
});
