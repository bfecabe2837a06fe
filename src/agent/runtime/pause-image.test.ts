import assert from 'node:assert/strict';
import { pauseBinary, pauseImageArchive } from './pause-image.ts';

describe('the pause image', () => {
  for (const [architecture, machine] of [
    ['amd64', 62],
    ['arm64', 183],
  ] as const)
    it(`holds a static ${architecture} program under 2 KB`, () => {
      const binary = pauseBinary(architecture);
      assert.equal(binary.subarray(0, 4).toString('latin1'), '\x7fELF');
      assert.equal(binary.readUInt16LE(18), machine);
      assert.ok(binary.length < 2048);
    });

  it('is the same bytes every time', () => {
    assert.deepEqual(pauseImageArchive('arm64'), pauseImageArchive('arm64'));
  });

  it('names the option that helps where none is built in', () => {
    assert.throws(() => pauseBinary('arm'), { code: 'WrongArchitecture', message: /--pause-image/ });
  });
});
