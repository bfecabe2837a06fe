import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AnyDefinition, MessageTypeDefinition } from '@grpc/proto-loader';
import { type BuildOptions, build } from 'esbuild';
import { COMPILED_PROTO, parseProto } from '../../src/rpc/proto.ts';

const ROOT = resolve(import.meta.dirname, '../..');
export const DIST = join(ROOT, 'dist');

/** What the program reads beside its code, from the checkout into the bundle. */
const ASSETS: Readonly<Record<string, string>> = {
  generated: 'src/api/generated',
  'deploy/examples': 'deploy/examples',
  'deploy/install.sh': 'deploy/install.sh',
  'deploy/systemd': 'deploy/systemd',
};

/** For a process that is small when it rests. */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--optimize-for-size', '--max-semi-space-size=2'];

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
exec "$here/../scripts/node" ${NODE_FLAGS.join(' ')} "$here/lib/bramble.mjs" "$@"
`;

const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node26',
  // Dynamic imports of a CommonJS build would have nothing but a default export.
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
};
const ENTRY = join(ROOT, 'src/cli/main.ts');

/** dist/bramble with all that it reads, each file replaced: other things in dist/ stay. */
export async function bundle(): Promise<void> {
  for (const old of ['lib', 'proto', ...Object.keys(ASSETS)]) rmSync(join(DIST, old), { recursive: true, force: true });
  mkdirSync(join(DIST, 'proto'), { recursive: true });
  await build({
    ...COMMON,
    entryPoints: { bramble: ENTRY },
    outdir: join(DIST, 'lib'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    splitting: true,
    format: 'esm',
    banner: { js: BANNER },
  });
  for (const [to, from] of Object.entries(ASSETS)) cpSync(join(ROOT, from), join(DIST, to), { recursive: true });
  writeFileSync(join(DIST, COMPILED_PROTO), compiledProto());
  writeFileSync(join(DIST, 'bramble'), LAUNCHER);
  chmodSync(join(DIST, 'bramble'), 0o755);
}

/** One CommonJS file, which is what a single executable starts; code that is loaded lazily is in it, and still runs at its first use only. */
export async function bundleOneFile(outfile: string): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: [ENTRY],
    outfile,
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__url', 'import.meta.filename': '__filename' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
}

/** proto/ as a FileDescriptorSet: `repeated FileDescriptorProto file = 1`. */
function compiledProto(): Buffer {
  const files = new Map<string, Buffer>();
  for (const definition of Object.values(parseProto())) {
    if (!isMessage(definition)) continue;
    for (const file of definition.fileDescriptorProtos) files.set(file.toString('base64'), file);
  }
  return Buffer.concat([...files.values()].flatMap((file) => [Buffer.from([0x0a, ...varint(file.length)]), file]));
}

function isMessage(definition: AnyDefinition): definition is MessageTypeDefinition<object, object> {
  return 'fileDescriptorProtos' in definition;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
