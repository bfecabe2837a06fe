/**
 * Bundles the program into dist/: lib/bramble.mjs (with chunks for what is loaded lazily), generated/ and proto/ beside it, and
 * an executable dist/bramble. `up` runs its daemons from there: one file to read at start and no compiler in their memory.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** CommonJS packages in an ESM bundle still ask for these. */
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { dirname as __dirnameOf } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = __dirnameOf(__filename);',
].join('\n');

const LAUNCHER = `#!/bin/sh
# Runs Bramble from its bundle, on the Node.js that npm brought along.
here=$(dirname "$(readlink -f "$0")")
exec "$here/../scripts/node" --disable-warning=ExperimentalWarning --optimize-for-size --max-semi-space-size=2 "$here/lib/bramble.mjs" "$@"
`;

/** Newest change below a folder, in ms since 1970. */
function newest(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}

/** Is dist/ as new as everything that it is made of? */
function isCurrent(): boolean {
  const launcher = join(DIST, 'bramble');
  if (!existsSync(launcher)) return false;
  const sources = Math.max(
    newest(join(ROOT, 'src')),
    newest(join(ROOT, 'proto')),
    statSync(import.meta.filename).mtimeMs,
  );
  return statSync(launcher).mtimeMs > sources;
}

async function bundle(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  await build({
    entryPoints: { bramble: join(ROOT, 'src/cli/main.ts') },
    outdir: join(DIST, 'lib'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    // Dynamic imports of a CommonJS build would have nothing but a default export.
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    banner: { js: BANNER },
    legalComments: 'none',
    logLevel: 'warning',
  });
  cpSync(join(ROOT, 'proto'), join(DIST, 'proto'), { recursive: true });
  cpSync(join(ROOT, 'src/api/generated'), join(DIST, 'generated'), { recursive: true });
  writeFileSync(join(DIST, 'bramble'), LAUNCHER);
  chmodSync(join(DIST, 'bramble'), 0o755);
}

if (process.argv.includes('--if-changed') && isCurrent()) {
  console.log('dist/bramble is current');
} else {
  await bundle();
  console.log('built dist/bramble');
}
