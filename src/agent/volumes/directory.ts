import { chmod, mkdir, stat } from 'node:fs/promises';
import { mountPoints, mountTmpfs } from './mount-table.ts';

/**
 * Makes a volume's directory with at least these permissions: the umask takes bits from mkdir's mode, and what a group was
 * given on top stays.
 * @param tmpfs mount(8)'s options for one in memory
 */
export async function makeDirectory(dir: string, mode: number, tmpfs?: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  if (tmpfs !== undefined && !(await mountPoints()).has(dir)) await mountTmpfs(dir, tmpfs);
  if (((await stat(dir)).mode & mode) !== mode) await chmod(dir, mode);
}
