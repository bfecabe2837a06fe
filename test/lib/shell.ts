import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Kubectl, KubectlResult } from './kubectl.ts';

export interface ShellOptions {
  readonly kubectl: Kubectl;
  /** Copied, with `namespace` as its current one. */
  readonly kubeconfig: string;
  readonly namespace: string;
}

/**
 * A person at a terminal: a HOME of their own with nothing cached, one version of kubectl under its plain name, and a working folder
 * for manifests. So a command line can be typed in a test as it stands in a book.
 */
export class Shell {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly home = mkdtempSync(join(tmpdir(), 'bramble-shell-'));

  constructor({ kubectl, kubeconfig, namespace }: ShellOptions) {
    this.kubectl = kubectl;
    this.namespace = namespace;
    for (const folder of ['bin', 'work']) mkdirSync(join(this.home, folder));
    symlinkSync(kubectl.path, join(this.home, 'bin/kubectl'));
    const text = readFileSync(kubeconfig, 'utf8').replace(/^( +)cluster: \S+$/m, `$&\n$1namespace: ${namespace}`);
    writeFileSync(join(this.home, 'kubeconfig'), text, { mode: 0o600 });
  }

  get minor(): number {
    return Number(this.kubectl.version.split('.')[1]);
  }

  get folder(): string {
    return join(this.home, 'work');
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), text);
    }
  }

  /** Runs one line as `bash` reads it. Never throws for an exit code. */
  run(line: string, options: { readonly timeoutMs?: number } = {}): Promise<KubectlResult> {
    return new Promise((resolve, reject) => {
      const child = spawn('bash', ['-c', line], {
        cwd: this.folder,
        env: {
          PATH: `${join(this.home, 'bin')}:${process.env.PATH}`,
          HOME: this.home,
          KUBECONFIG: join(this.home, 'kubeconfig'),
          LANG: 'C.UTF-8',
          TZ: 'UTC',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: options.timeoutMs ?? 60_000,
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        stderr += chunk;
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve({ code: code ?? 1, stdout, stderr: signal ? `${stderr}\nended by ${signal}` : stderr });
      });
    });
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
