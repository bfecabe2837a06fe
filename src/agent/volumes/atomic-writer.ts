import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One file of a volume. */
export interface VolumeFile {
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** The link that says which directory holds the files of now. */
const DATA = '..data';
const NEW_DATA = '..data_tmp';

/**
 * Puts files into a volume so that a reader sees all the old ones or all the new ones: they are written into a directory of
 * their own, then the link `..data` is turned to it; the names that containers open are links through `..data`. Does nothing
 * when the files are there already. A crash at any point leaves what the next call cleans up.
 * The layout is kubelet's (volume/util/atomic_writer.go): programs that watch `..data` rely on it.
 * @param files by path below the volume: `a`, `dir/b`
 * @param prepare is given the new directory before it can be seen
 */
export async function writeAtomically(
  dir: string,
  files: ReadonlyMap<string, VolumeFile>,
  prepare: (newDir: string) => Promise<void> = async () => {},
): Promise<void> {
  const current = await readlink(join(dir, DATA)).catch(absent);
  if (current === undefined || !(await holds(join(dir, current), files))) {
    const written = await mkdtemp(`${dir}/..files_`);
    await writeAll(written, files);
    await prepare(written);
    await rm(join(dir, NEW_DATA), { force: true });
    await symlink(written.slice(dir.length + 1), join(dir, NEW_DATA));
    await rename(join(dir, NEW_DATA), join(dir, DATA));
  }
  await linkNames(dir, new Set([...files.keys()].map(topOf)));
  await sweep(dir);
}

function topOf(path: string): string {
  return path.split('/')[0] ?? path;
}

async function writeAll(root: string, files: ReadonlyMap<string, VolumeFile>): Promise<void> {
  await chmod(root, 0o755);
  for (const [path, { content, mode }] of files) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, content);
    // The umask takes bits from the mode that a file is made with.
    await chmod(file, mode);
  }
}

async function holds(root: string, files: ReadonlyMap<string, VolumeFile>): Promise<boolean> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(absent);
  if (entries?.filter((entry) => !entry.isDirectory()).length !== files.size) return false;
  for (const [path, { content, mode }] of files) {
    const file = join(root, path);
    const stats = await stat(file).catch(absent);
    // A group's part of the mode was added after writing.
    if (!stats?.isFile() || (stats.mode & mode) !== mode) return false;
    if (!content.equals(await readFile(file))) return false;
  }
  return true;
}

/** One link per name at the top of the volume; those of files that went away go too. */
async function linkNames(dir: string, names: ReadonlySet<string>): Promise<void> {
  const present = new Set((await readdir(dir)).filter((name) => !name.startsWith('..')));
  for (const name of names) if (!present.has(name)) await symlink(join(DATA, name), join(dir, name));
  for (const name of present) if (!names.has(name)) await rm(join(dir, name), { recursive: true, force: true });
}

/** Takes away what `..data` does not lead to. */
async function sweep(dir: string): Promise<void> {
  const current = await readlink(join(dir, DATA));
  const stale = (await readdir(dir)).filter((name) => name.startsWith('..') && name !== DATA && name !== current);
  for (const name of stale) await rm(join(dir, name), { recursive: true, force: true });
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return;
  throw error;
}
