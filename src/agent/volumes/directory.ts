import { chmod, mkdir, stat } from 'node:fs/promises';

/**
 * Makes a volume's directory with at least these permissions: the umask takes bits from mkdir's mode, and what a group was
 * given on top stays.
 */
export async function makeDirectory(dir: string, mode: number): Promise<void> {
  await mkdir(dir, { recursive: true });
  if (((await stat(dir)).mode & mode) !== mode) await chmod(dir, mode);
}
