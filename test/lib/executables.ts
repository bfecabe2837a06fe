import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Builds the single executable for an architecture. @returns its path. @throws Error with what the build said. */
export function buildExecutable(architecture: 'x64' | 'arm64'): string {
  execFileSync(join(ROOT, 'scripts/node'), [join(ROOT, 'scripts/build.ts'), `--arch=${architecture}`], {
    stdio: 'pipe',
  });
  return join(ROOT, 'dist', `bramble-linux-${architecture}`);
}
