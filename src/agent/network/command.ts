import { spawn } from 'node:child_process';
import { NetworkError } from './network-error.ts';

/** Where Debian keeps them, for services whose PATH leaves it out. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const TOOL_ENVIRONMENT = { PATH: SYSTEM_PATH, LC_ALL: 'C' } as const;

/** Program → the Debian package that brings it. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  bridge: 'iproute2',
  iptables: 'iptables',
  'iptables-save': 'iptables',
  'iptables-restore': 'iptables',
  nft: 'nftables',
  conntrack: 'conntrack',
  haproxy: 'haproxy',
  modprobe: 'kmod',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
};

/** What to say when a program can't be run. */
export function toolMissing(program: string, cause: unknown): NetworkError {
  const install = PACKAGES[program] ? `install its package (apt install ${PACKAGES[program]})` : 'install it';
  return new NetworkError('ToolMissing', `cannot run ${program}: ${install}`, { cause });
}

/**
 * Runs a program to its end, without a shell.
 * @returns its stdout
 * @throws NetworkError ToolMissing, or CommandFailed with its stderr
 */
export function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return spawnToEnd(program, args, input, false);
}

/** The same for a list of questions of which some may have no answer: a failing status is none. */
export function runAsFarAsItGoes(program: string, args: readonly string[], input: string): Promise<string> {
  return spawnToEnd(program, args, input, true);
}

function spawnToEnd(program: string, args: readonly string[], input: string, isPartFine: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { env: TOOL_ENVIRONMENT });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (cause) => reject(toolMissing(program, cause)));
    child.on('close', (status) => {
      if (status === 0 || isPartFine) return resolve(Buffer.concat(stdout).toString());
      const words = Buffer.concat(stderr).toString().trim();
      reject(new NetworkError('CommandFailed', `${program} ${args.join(' ')} failed (${status}): ${words}`));
    });
    child.stdin.on('error', () => undefined); // it ended before it read all: its status says why
    child.stdin.end(input);
  });
}
