import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const NO_KUBECTL = 'no kubectl on this machine: apt-get install kubernetes-client';

/** A kubectl on this machine. */
export interface Kubectl {
  /** `1.33` */
  readonly version: string;
  readonly path: string;
}

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Every kubectl here, oldest first: the binaries named kubectl.1.NN beside the target of the one in PATH, and that one itself
 * where its version is not among them.
 */
export function installedKubectls(): Kubectl[] {
  const inPath = onPath('kubectl');
  if (!inPath) return [];
  const folder = dirname(realpathSync(inPath));
  const found = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const version = /^kubectl\.(1\.\d+)$/.exec(name)?.[1];
    if (version) found.set(version, join(folder, name));
  }
  const own = versionOf(inPath);
  if (!found.has(own)) found.set(own, inPath);
  const minor = (version: string) => Number(version.split('.')[1]);
  return [...found].map(([version, path]) => ({ version, path })).sort((a, b) => minor(a.version) - minor(b.version));
}

/**
 * The oldest and the newest: what lies between speaks one of their two protocols (SPDY, WebSockets) and prints what one of them prints.
 * @throws Error when there is no kubectl at all.
 */
export function outermostKubectls(): Kubectl[] {
  const all = installedKubectls();
  if (all.length === 0) throw new Error(NO_KUBECTL);
  return [...new Set([all.at(0), all.at(-1)])].filter((kubectl) => kubectl !== undefined);
}

/** @throws Error when there is no kubectl at all. */
export function newestKubectl(): Kubectl {
  const newest = installedKubectls().at(-1);
  if (!newest) throw new Error(NO_KUBECTL);
  return newest;
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(':');
  const found = folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        realpathSync(path);
        return true;
      } catch {
        return false;
      }
    });
  return found;
}

function versionOf(path: string): string {
  const text = execFileSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  return /"gitVersion": "v(1\.\d+)/.exec(text)?.[1] ?? '1.0';
}

export interface KubectlOptions {
  readonly kubeconfig: string;
  readonly input?: string;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs kubectl with a fresh HOME, so that nothing it has cached of another cluster or run matters. Never throws for an exit code. */
export function runKubectl(kubectl: Kubectl, args: readonly string[], options: KubectlOptions): Promise<KubectlResult> {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-home-'));
  return new Promise((resolve, reject) => {
    const child = spawn(kubectl.path, args, {
      cwd: options.cwd,
      env: { PATH: process.env.PATH, HOME: home, KUBECONFIG: options.kubeconfig, ...options.env },
      timeout: options.timeoutMs ?? 60_000,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      rmSync(home, { recursive: true, force: true });
      const stderr = Buffer.concat(err).toString() + (signal ? `\nended by ${signal}` : '');
      resolve({ code: code ?? 1, stdout: Buffer.concat(out).toString(), stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
  });
}
