import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runCommand } from '../up/run-command.ts';

/** A file's text; '' when it is not there or may not be read: a check says what that means. */
export async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

/** What a program says; undefined when it is not installed, fails or takes too long. */
export async function outputOf(program: string, ...args: readonly string[]): Promise<string | undefined> {
  const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' };
  try {
    return await runCommand(program, args, { env, timeoutMs: 10_000 });
  } catch {
    return undefined;
  }
}

/** The folder itself, or the nearest one above it that exists: where it will lie. */
export function nearestFolder(path: string): string {
  return existsSync(path) || path === '/' ? path : nearestFolder(dirname(path));
}
