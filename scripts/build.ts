/**
 * Makes dist/bramble, a bundle that this checkout's Node.js runs (one file to read at start and no compiler in the memory of
 * daemons), and dist/bramble-linux-{x64,arm64}, single executables that need nothing
 * (`--arch=x64`: that one alone). `--if-changed` makes the bundle alone, and
 * only when a source is newer: what `bramble up` in a checkout runs.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { bundle, DIST } from './build/bundle.ts';
import { buildExecutable } from './build/executable.ts';
import { ARCHITECTURES } from './build/node-binary.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCES = ['src', 'proto', 'deploy', 'scripts/build'];

/** Newest change below a folder, in ms since 1970. */
function newest(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}

/** Is the bundle as new as everything that it is made of? */
function isCurrent(): boolean {
  const launcher = join(DIST, 'bramble');
  if (!existsSync(launcher)) return false;
  return statSync(launcher).mtimeMs > Math.max(...SOURCES.map((folder) => newest(join(ROOT, folder))));
}

if (process.argv.includes('--if-changed') && isCurrent()) {
  console.log('dist/bramble is current');
} else {
  await bundle();
  console.log('built dist/bramble');
}
if (!process.argv.includes('--if-changed')) {
  const only = process.argv.find((text) => text.startsWith('--arch='))?.slice('--arch='.length);
  for (const architecture of ARCHITECTURES.filter((name) => only === undefined || name === only)) {
    const { file, bytes } = await buildExecutable(architecture);
    console.log(`built ${relative(ROOT, file)}, ${Math.round(bytes / 1e6)} MB`);
  }
}
