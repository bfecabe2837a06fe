/**
 * Makes dist/bramble, a bundle that this checkout's Node.js runs (one file to read at start and no compiler in the memory of
 * daemons), and dist/bramble-linux-{x64,arm64}, single executables that need nothing (`--arch=x64`: that one alone).
 * `--if-changed` makes what is older than a source, and of the executables only one that `--arch` names: alone, it is what
 * `bramble up` in a checkout runs.
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

/** Is what was made as new as everything that it is made of? */
function isCurrent(name: string): boolean {
  const file = join(DIST, name);
  if (!existsSync(file)) return false;
  const sources = [
    statSync(join(ROOT, 'package-lock.json')).mtimeMs,
    ...SOURCES.map((folder) => newest(join(ROOT, folder))),
  ];
  return statSync(file).mtimeMs > Math.max(...sources);
}

const ifChanged = process.argv.includes('--if-changed');
const only = process.argv.find((text) => text.startsWith('--arch='))?.slice('--arch='.length);

if (ifChanged && isCurrent('bramble')) {
  console.log('dist/bramble is current');
} else {
  await bundle();
  console.log('built dist/bramble');
}
for (const architecture of ARCHITECTURES.filter((name) => (only === undefined ? !ifChanged : name === only))) {
  if (ifChanged && isCurrent(`bramble-linux-${architecture}`)) continue;
  const { file, bytes } = await buildExecutable(architecture);
  console.log(`built ${relative(ROOT, file)}, ${Math.round(bytes / 1e6)} MB`);
}
