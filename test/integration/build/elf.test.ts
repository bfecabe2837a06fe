import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onlyLoaded, withoutLibatomic } from '../../../scripts/build/elf.ts';

const run = promisify(execFile);

/** (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)), called often and from several tables. */
const WASM = `
  const bytes = Buffer.from('0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b', 'hex');
  const sums = Array.from({ length: 2000 }, (_, i) => new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.add(i, 1));
  console.log(sums.reduce((a, b) => a + b));`;

describe('a Node.js binary made ready for a single executable', function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'bramble-elf-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, content: Buffer): string {
    const file = join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    return file;
  }

  it('asks for no libatomic, and does what it took from there itself', async () => {
    const original = readFileSync(process.execPath);
    assert.ok(original.includes('libatomic.so.1'), 'Node.js no longer needs the library: elf.ts has become needless');
    const file = write('node', onlyLoaded(withoutLibatomic(original)));
    const listed = await run('ldd', [file]);
    assert.doesNotMatch(listed.stdout, /libatomic|not found/);
    for (const binding of [{}, { LD_BIND_NOW: '1' }]) {
      const { stdout } = await run(file, ['-e', WASM], { env: { ...process.env, ...binding } });
      assert.equal(stdout.trim(), String((2000 * 2001) / 2));
    }
  });

  it('is a quarter smaller without symbols', () => {
    const smaller = onlyLoaded(readFileSync(process.execPath));
    assert.ok(smaller.length < statSync(process.execPath).size * 0.8);
  });

  it('is refused when it is something else', () => {
    assert.throws(() => onlyLoaded(Buffer.from('#!/bin/sh\n')), /not a 64-bit ELF file/);
  });
});
