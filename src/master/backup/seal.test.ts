import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { seal, unseal } from './seal.ts';

async function* pieces(bytes: Buffer, size = 10_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function joined(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of content) all.push(piece);
  return Buffer.concat(all);
}

const sealed = (bytes: Buffer) => joined(seal(pieces(bytes), 'correct horse'));
const opened = (bytes: Buffer, passphrase = 'correct horse') => joined(unseal(pieces(bytes, 777), passphrase));

describe('a sealed file', () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]) {
    it(`gives ${size} bytes back`, async () => {
      const content = randomBytes(size);
      const file = await sealed(content);
      assert.ok((await opened(file)).equals(content));
      assert.ok(size < 64 || !file.includes(content.subarray(0, 64)));
    });
  }

  it('is never the same twice', async () => {
    const content = Buffer.from('the same');
    assert.ok(!(await sealed(content)).equals(await sealed(content)));
  });

  it('opens with its passphrase only', async () => {
    await assert.rejects(opened(await sealed(randomBytes(9)), 'correct hose'), /the passphrase is wrong/);
  });

  it('says when it is cut off, wherever that is', async () => {
    const file = await sealed(randomBytes(200_000));
    for (const end of [20, 100, 300, 65_536, file.length - 70_000, file.length - 1]) {
      await assert.rejects(opened(file.subarray(0, end)), /cut off|no backup/, `cut at ${end}`);
    }
    const header = file.length - 200_000 - 4 * 16;
    await assert.rejects(opened(file.subarray(0, header + 2 * 65_552)), /cut off: it was not copied whole/);
  });

  it('says when a byte differs, wherever that is', async () => {
    const file = await sealed(randomBytes(200_000));
    for (const at of [0, 20, 120, 240, 1000, 70_000, file.length - 1]) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await assert.rejects(opened(changed), /damaged|passphrase is wrong|no backup/, `byte ${at}`);
    }
  });

  it('says when chunks were swapped', async () => {
    const file = await sealed(randomBytes(200_000));
    const start = file.length - 200_000 - 4 * 16;
    const chunk = 65_552;
    const parts = [0, 1].map((index) => file.subarray(start + index * chunk, start + (index + 1) * chunk));
    const swapped = Buffer.concat([file.subarray(0, start), ...parts.reverse(), file.subarray(start + 2 * chunk)]);
    await assert.rejects(opened(swapped), /damaged/);
  });

  it('says when it is of a newer version, or something else', async () => {
    const file = (await sealed(randomBytes(9))).toString('latin1').replace('bramble-backup 1', 'bramble-backup 7');
    await assert.rejects(opened(Buffer.from(file, 'latin1')), /format 7, this version reads 1/);
    await assert.rejects(opened(randomBytes(5000)), /no backup of Bramble/);
    await assert.rejects(opened(Buffer.alloc(0)), /no backup of Bramble/);
  });
});
