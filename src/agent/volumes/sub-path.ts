import { lstat, mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { VolumeError } from './volume.ts';

/** Whether `path` is `root` or lies in it; both without `..` and links. */
function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

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
  let current = root;
  for (const part of wanted.split('/').filter((segment) => segment !== '' && segment !== '.')) {
    current = await step(root, join(current, part), subPath);
  }
  return current;
}

/** One component deeper: made, or followed when it is a link that stays inside. */
async function step(root: string, path: string, subPath: string): Promise<string> {
  try {
    await lstat(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await mkdir(path, { mode: 0o750 });
    return path;
  }
  const real = await realpath(path);
  if (!isInside(root, real)) throw new VolumeError(`subPath "${subPath}" leads out of its volume to ${real}`);
  return real;
}
