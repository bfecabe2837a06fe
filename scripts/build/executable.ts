import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundleOneFile, DIST, NODE_FLAGS } from './bundle.ts';
import { onlyLoaded, withoutLibatomic } from './elf.ts';
import { type Architecture, nodeBinary } from './node-binary.ts';

/** What is embedded: the folders that `bundle()` has put beside the bundle. */
const EMBEDDED = ['generated', 'proto', 'deploy'];

export interface Executable {
  readonly file: string;
  readonly bytes: number;
}

/**
 * `dist/bramble-linux-<architecture>`: Node.js, the program and its files in one, and the checksum beside it. After `bundle()`.
 * V8's code cache would be for this machine's architecture alone and is left out: both files are made in the same way.
 */
export async function buildExecutable(architecture: Architecture): Promise<Executable> {
  const work = mkdtempSync(join(DIST, '.build-'));
  try {
    const [main, node, output, config] = ['bramble.cjs', 'node', 'bramble', 'sea.json'].map((name) => join(work, name));
    if (!main || !node || !output || !config) throw new Error('unreachable');
    await bundleOneFile(main);
    writeFileSync(node, onlyLoaded(withoutLibatomic(readFileSync(nodeBinary(architecture)))), { mode: 0o755 });
    const assets = EMBEDDED.flatMap((folder) => filesBelow(join(DIST, folder))).map((file) => [
      relative(DIST, file),
      file,
    ]);
    const sea = { main, output, executable: node, disableExperimentalSEAWarning: true, execArgv: NODE_FLAGS };
    writeFileSync(config, JSON.stringify({ ...sea, assets: Object.fromEntries(assets) }));
    execFileSync(process.execPath, ['--build-sea', config], { stdio: ['ignore', 'ignore', 'inherit'] });
    return publish(output, `bramble-linux-${architecture}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Into dist/, with the line that `sha256sum -c` reads. */
function publish(built: string, name: string): Executable {
  const file = join(DIST, name);
  const sha256 = createHash('sha256').update(readFileSync(built)).digest('hex');
  renameSync(built, file);
  writeFileSync(`${file}.sha256`, `${sha256}  ${name}\n`);
  return { file, bytes: statSync(file).size };
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
