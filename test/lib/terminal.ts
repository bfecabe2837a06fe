import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a terminal showed until its command ended, and with which code. */
export interface Played {
  readonly code: number | null;
  readonly shown: string;
}

/**
 * Plays steps on a real terminal that runs a command, for 90 s at most: `expect:TEXT` waits until it is shown, `send:TEXT` types a
 * line, `size:COLUMNSxROWS` changes the window.
 */
export function playOnTerminal(
  command: readonly string[],
  { steps, env }: { readonly steps: readonly string[]; readonly env?: Readonly<Record<string, string>> },
): Promise<Played> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, 'terminal.py');
    const child = spawn('python3', [script, ...command], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, shown }));
    child.stdin.end(steps.join('\n'));
  });
}
