import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { daemonProgram } from '../../src/cli/up/daemons.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');

/** The program as `up` runs it. */
export interface BundledProgram {
  readonly command: readonly string[];
  remove(): void;
}

/**
 * Builds the bundle where it is old, and copies it: a build meanwhile must not take a running program's files away.
 * @param folder where to; a new one when left out
 */
export async function bundledProgram(
  folder = mkdtempSync(join(tmpdir(), 'bramble-program-')),
): Promise<BundledProgram> {
  await daemonProgram();
  cpSync(join(CHECKOUT, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !path.includes('/bramble-linux-'),
  });
  // The launcher looks for Node.js there; this process has found it already.
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  symlinkSync(process.execPath, join(folder, 'scripts/node'));
  return {
    command: [join(folder, 'dist/bramble')],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
