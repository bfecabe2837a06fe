import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { daemonProgram } from '../../src/cli/up/daemons.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');

/** The program as `up` runs it. */
export interface BundledProgram {
  readonly command: readonly string[];
  remove(): void;
}

/** Builds the bundle where it is old, and copies it: a build meanwhile must not take a running program's files away. */
export async function bundledProgram(): Promise<BundledProgram> {
  await daemonProgram();
  const folder = mkdtempSync(join(tmpdir(), 'bramble-program-'));
  cpSync(join(CHECKOUT, 'dist'), join(folder, 'dist'), { recursive: true });
  // The copy has no Node.js beside it and takes the first in PATH.
  process.env.PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  return {
    command: [join(folder, 'dist/bramble')],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
