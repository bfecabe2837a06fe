import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Builds the single executable for an architecture unless it is there and no source is newer. @returns its path. @throws Error with what the build said. */
export function buildExecutable(architecture: 'x64' | 'arm64'): string {
  const builder = [join(ROOT, 'scripts/build.ts'), '--if-changed', `--arch=${architecture}`];
  execFileSync(join(ROOT, 'scripts/node'), builder, { stdio: 'pipe' });
  return join(ROOT, 'dist', `bramble-linux-${architecture}`);
}
