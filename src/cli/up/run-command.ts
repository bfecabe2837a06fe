import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly input?: Buffer | string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/**
 * Runs a program without a shell. @returns what it wrote to stdout.
 * @throws Error with the program's last lines when it can't be started, fails or takes too long.
 */
export function runCommand(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
    });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // A program that ends without reading all of its input is judged by its exit code, not by the broken pipe.
    child.stdin.on('error', () => {});
    child.once('error', (cause) => reject(new Error(`can't run ${program}: ${cause.message}`, { cause })));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString());
      const said = Buffer.concat([...out, ...errors])
        .toString()
        .trim()
        .split('\n')
        .slice(-8)
        .join('\n  ');
      reject(new Error(`${[program, ...args].join(' ')} ended with ${signal ?? code}:\n  ${said}`));
    });
    child.stdin.end(options.input);
  });
}

/** Is there such a program in PATH or the system's own folders? */
export async function hasProgram(name: string): Promise<boolean> {
  const { access, constants } = await import('node:fs/promises');
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    try {
      await access(`${folder}/${name}`, constants.X_OK);
      return true;
    } catch {
      // Not in this folder: the next one may have it.
    }
  }
  return false;
}
