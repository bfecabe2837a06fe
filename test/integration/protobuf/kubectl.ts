import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One kubectl with a home of its own, so that no cache or configuration of the machine is touched. */
export class Kubectl {
  readonly #binary: string;
  readonly #server: string;
  readonly #home = mkdtempSync(join(tmpdir(), 'kubectl-'));

  constructor(binary: string, server: string) {
    this.#binary = binary;
    this.#server = server;
  }

  async run(args: readonly string[]): Promise<Ran> {
    const env = { PATH: process.env.PATH, HOME: this.#home, KUBECONFIG: join(this.#home, 'config') };
    const options = { env, cwd: this.#home, timeout: 20_000, maxBuffer: 16 * 1024 * 1024 };
    try {
      const { stdout, stderr } = await run(this.#binary, [`--server=${this.#server}`, ...args], options);
      return { exitCode: 0, stdout, stderr };
    } catch (err) {
      const { code, stdout, stderr } = err as { code?: unknown; stdout?: string; stderr?: string };
      return { exitCode: typeof code === 'number' ? code : 1, stdout: stdout ?? '', stderr: stderr ?? String(err) };
    }
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}
