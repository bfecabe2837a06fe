import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from './journal.ts';

const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

type Write = (bytes: Uint8Array, offset: number, length: number, position: number) => Promise<{ bytesWritten: number }>;

describe('a journal on a disk that is nearly full', () => {
  let folder = '';
  let path = '';
  let handles: { write: Write };
  let write: Write;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bramble-journal-'));
    path = join(folder, 'kept');
    const probe: FileHandle = await open(join(folder, 'probe'), 'w');
    handles = Object.getPrototypeOf(probe);
    write = handles.write;
    await probe.close();
  });
  afterEach(async () => {
    handles.write = write;
    await rm(folder, { recursive: true });
  });

  /** From here on a write takes so many bytes at most, and so many in all. */
  function room(atOnce: number, inAll = Number.POSITIVE_INFINITY): void {
    let left = inAll;
    handles.write = async function (this: FileHandle, bytes, offset, length, position) {
      if (left === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const taken = Math.min(length, atOnce, left);
      left -= taken;
      return write.call(this, bytes, offset, taken, position);
    };
  }

  const kept = async () => {
    const { texts, damage } = await Journal.open(path, KEY);
    return { texts, damage };
  };

  it('goes on where a write stopped short', async () => {
    const { journal } = await Journal.open(path, KEY);
    await journal.append('one');
    room(7);
    await journal.append('two');
    handles.write = write;
    await journal.append('three');
    assert.deepEqual(await kept(), { texts: ['one', 'two', 'three'], damage: 'none' });
  });

  it('counts nothing as written of what found no room, and is whole again when there is some', async () => {
    const { journal } = await Journal.open(path, KEY);
    await journal.append('one');
    const { bytes } = journal;
    room(10, 10);
    await assert.rejects(journal.append('two'), { code: 'ENOSPC' });
    assert.equal(journal.bytes, bytes);
    room(0);
    await assert.rejects(journal.append('two'), /^Error: 0 of \d+ bytes were written$/);
    handles.write = write;
    await journal.append('three');
    await journal.append('four');
    assert.deepEqual(await kept(), { texts: ['one', 'three', 'four'], damage: 'none' });
  });
});
