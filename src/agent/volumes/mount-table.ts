import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mount points in a `/proc/self/mountinfo`; the kernel writes blanks in them as octal. */
export function parseMountPoints(text: string): Set<string> {
  const points = text.split('\n').map((line) => line.split(' ')[4] ?? '');
  return new Set(points.filter(Boolean).map(unescapeOctal));
}

function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

export async function mountPoints(): Promise<Set<string>> {
  return parseMountPoints(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** @param options as mount(8) takes them after `-o` */
export async function mountTmpfs(path: string, options: string): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
}

/** Lazily: a process that still has it open must not keep a deleted pod from going. */
export async function unmount(path: string): Promise<void> {
  await run('umount', ['-l', path]);
}
