import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const BRAMBLE = resolve(import.meta.dirname, '../../../bramble');

/** Runs `bramble` with these arguments. Never throws for an exit code. */
export function bramble(...args: readonly string[]): Promise<CliResult> {
  return new Promise((done, fail) => {
    const child = spawn(BRAMBLE, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.once('error', fail);
    // Daemons that it leaves running may hold nothing of ours: the pipes must end with it.
    child.once('close', (code) => done({ code: code ?? 1, stdout, stderr }));
  });
}
