import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The path of `kubectl.<minor>` (`1.31`) beside or among the kubectls of PATH; undefined where it is not installed. */
export function findKubectl(minor: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const behindLinks = folders
    .map((folder) => join(folder, 'kubectl'))
    .filter((path) => existsSync(path))
    .map((path) => dirname(realpathSync(path)));
  return [...folders, ...behindLinks]
    .map((folder) => join(folder, `kubectl.${minor}`))
    .find((path) => existsSync(path));
}

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
