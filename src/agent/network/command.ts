import { spawn } from 'node:child_process';
import { NetworkError } from './network-error.ts';

/** Where Debian keeps them, for services whose PATH leaves it out. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a program to its end, without a shell.
 * @returns its stdout
 * @throws NetworkError ToolMissing, or CommandFailed with its stderr
 */
export function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { env: { PATH: SYSTEM_PATH, LC_ALL: 'C' } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (cause) =>
      reject(
        new NetworkError('ToolMissing', `cannot run ${program}: install its package (apt install iptables)`, { cause }),
      ),
    );
    child.on('close', (status) => {
      if (status === 0) return resolve(Buffer.concat(stdout).toString());
      const words = Buffer.concat(stderr).toString().trim();
      reject(new NetworkError('CommandFailed', `${program} ${args.join(' ')} failed (${status}): ${words}`));
    });
    child.stdin.on('error', () => undefined); // it ended before it read all: its status says why
    child.stdin.end(input);
  });
}
