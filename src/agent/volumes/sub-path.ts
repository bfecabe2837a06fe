import { constants } from 'node:fs';
import { lstat, mkdir, open, readlink, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { VolumeError } from './volume.ts';

/** Whether `path` is `root` or lies in it; both without `..` and links. */
function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** What a `subPath` is looked for in. */
interface Inside {
  /** Of the volume, without links. */
  readonly root: string;
  /** Permissions of that directory, set-group-ID and sticky included. */
  readonly mode: number;
  /** As the spec writes it. */
  readonly subPath: string;
}

const PERMISSIONS = 0o7777;

/**
 * The place of a volume mount's `subPath` on the host, made as a directory when nothing is there. A container may have put a
 * symbolic link in the volume that leads out of it, so links are resolved and what they lead to is checked.
 *
 * The answer has no link left in it. A container that swaps a directory for a link between this check and Docker's mount could
 * still lead it elsewhere: that window is milliseconds and open only to pods that share the volume.
 * @throws VolumeError when it would leave the volume
 */
export async function resolveSubPath(volumePath: string, subPath: string): Promise<string> {
  const wanted = normalize(subPath);
  if (isAbsolute(wanted) || wanted === '..' || wanted.startsWith('../')) {
    throw new VolumeError(`subPath "${subPath}" must be a relative path without ".."`);
  }
  const root = await realpath(volumePath);
  const inside: Inside = { root, mode: (await stat(root)).mode & PERMISSIONS, subPath };
  let current = root;
  for (const part of wanted.split('/').filter((segment) => segment !== '' && segment !== '.')) {
    current = await step(inside, join(current, part));
  }
  return current;
}

/** One component deeper: made, or followed when it is a link that stays inside. */
async function step(inside: Inside, path: string): Promise<string> {
  try {
    await lstat(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await make(inside, path);
    return path;
  }
  const real = await realpath(path);
  if (!isInside(inside.root, real)) throw leadsOut(inside, real);
  return real;
}

/**
 * Makes a directory that whoever may write to the volume may write to as well; the volume's group comes with its set-group-ID.
 * What was opened is made sure of before its mode changes: a link that a container puts in the way must not open up a directory
 * of the host. Source: kubelet, subpath_linux, doSafeMakeDir.
 */
async function make(inside: Inside, path: string): Promise<void> {
  await mkdir(path, { mode: inside.mode });
  const made = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const real = await readlink(`/proc/self/fd/${made.fd}`);
    if (real !== path) throw leadsOut(inside, real);
    // The umask takes bits from the mode that a directory is made with.
    await made.chmod(inside.mode);
  } finally {
    await made.close();
  }
}

function leadsOut({ subPath }: Inside, real: string): VolumeError {
  return new VolumeError(`subPath "${subPath}" leads out of its volume to ${real}`);
}
