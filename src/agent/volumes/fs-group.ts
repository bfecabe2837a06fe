import type { Stats } from 'node:fs';
import { chmod, lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../api/types.ts';

const READ_WRITE = 0o660;
const READ_ONLY = 0o440;
const ENTER = 0o110;
const SET_GID = 0o2000;
const PERMISSIONS = 0o7777;

/** The mode that gives a volume's group its part; new files in a directory belong to that group too. Source: kubelet, changeFilePermission. */
export function groupMode(mode: number, isDirectory: boolean, readOnly: boolean): number {
  return (mode & PERMISSIONS) | (readOnly ? READ_ONLY : READ_WRITE) | (isDirectory ? SET_GID | ENTER : 0);
}

/**
 * Hands a volume to the pod's fsGroup, root directory last: one whose root is right was handed over whole, and what containers
 * changed in it since is theirs.
 */
export async function giveToGroup(pod: Pod, dir: string, readOnly: boolean): Promise<void> {
  const group = pod.spec.securityContext?.fsGroup;
  if (group === undefined) return;
  const root = await lstat(dir);
  if (root.gid === group && groupMode(root.mode, true, readOnly) === (root.mode & PERMISSIONS)) return;
  for (const entry of await readdir(dir, { recursive: true })) await give(join(dir, entry), group, readOnly);
  await give(dir, group, readOnly, root);
}

/** The same for files just written, where the directory is already right. */
export async function giveTreeToGroup(pod: Pod, dir: string): Promise<void> {
  const group = pod.spec.securityContext?.fsGroup;
  if (group === undefined) return;
  for (const entry of ['', ...(await readdir(dir, { recursive: true }))]) await give(join(dir, entry), group, true);
}

async function give(path: string, group: number, readOnly: boolean, known?: Stats): Promise<void> {
  const stats = known ?? (await lstat(path));
  await lchown(path, stats.uid, group);
  if (!stats.isSymbolicLink()) await chmod(path, groupMode(stats.mode, stats.isDirectory(), readOnly));
}
