import assert from 'node:assert/strict';
import { tar } from './tar.ts';

describe('tar archives', () => {
  it('are whole blocks with a right checksum', () => {
    const archive = tar([{ path: 'a/b', mode: 0o755, content: Buffer.from('hello') }]);
    assert.equal(archive.length, 512 * 4);
    const header = Buffer.from(archive.subarray(0, 512));
    const checksum = Number.parseInt(header.toString('latin1', 148, 154), 8);
    header.fill(' ', 148, 156);
    assert.equal(
      header.reduce((sum, byte) => sum + byte, 0),
      checksum,
    );
    assert.throws(() => tar([{ path: 'x'.repeat(101), mode: 0, content: Buffer.alloc(0) }]), RangeError);
  });
});
