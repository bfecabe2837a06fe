import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childOf } from '../../scripts/lib/processes.ts';
import { type RunOptions, runCommand } from '../../src/cli/up/run-command.ts';
import { startTimeOf } from '../../src/lib/process-start.ts';

/** Of process 1, as this process sees it: a pid alone may be somebody else's by now. */
export interface FirstProcess {
  readonly pid: number;
  readonly startTime: string;
}

/**
 * A network, mounts, processes and a host name of their own, held by a process 1 that does nothing but reap. They end with it:
 * the kernel kills whatever runs inside, and takes mounts, links and rules away.
 */
export class Namespaces {
  readonly first: FirstProcess;

  constructor(first: FirstProcess) {
    this.first = first;
  }

  /**
   * Makes fresh ones, inside of others when given.
   * @param boot a shell script that furnishes them and ends in `exec` of what becomes process 1
   * @param ready a file that the script makes just before
   */
  static async make(boot: string, place: { inside?: Namespaces; ready: string; log: string }): Promise<Namespaces> {
    const flags = ['--net', '--mount', '--uts', '--pid', '--ipc', '--fork', '--mount-proc'];
    const command = ['unshare', ...flags, 'sh', '-c', boot];
    const unshare = startDetached([...(place.inside?.entry() ?? []), ...command], place.log);
    for (let tries = 0; tries < 500 && !existsSync(place.ready); tries++) await sleep(10);
    // nsenter, unshare, the shell: each forks for the process namespace that it makes or joins.
    const pid = place.inside ? childOf(childOf(unshare)) : childOf(unshare);
    const startTime = pid === undefined ? undefined : startTimeOf(pid);
    if (pid === undefined || startTime === undefined || !existsSync(place.ready)) {
      throw new Error(`namespaces do not come up:\n${readFileSync(place.log, 'utf8').slice(-2000)}`);
    }
    return new Namespaces({ pid, startTime });
  }

  get isAlive(): boolean {
    return startTimeOf(this.first.pid) === this.first.startTime;
  }

  /** A path inside, as this process reaches it. */
  path(inside: string): string {
    return `/proc/${this.first.pid}/root${inside}`;
  }

  /** What goes before a command to run it inside. */
  entry(): string[] {
    return ['nsenter', '--target', String(this.first.pid), '--net', '--mount', '--uts', '--pid', '--ipc', '--wd=/'];
  }

  /** Runs a program inside. @returns its output @throws Error with its last lines when it fails */
  run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const [nsenter = '', ...entry] = this.entry();
    return runCommand(nsenter, [...entry, program, ...args], options);
  }

  /** Runs a program of this machine in the network inside, and in nothing else of it. */
  runInNetwork(program: string, args: readonly string[]): Promise<string> {
    return runCommand('nsenter', ['--target', String(this.first.pid), '--net', program, ...args]);
  }

  /** Runs a script of `sh` inside; `$0` is 'sh', `$1` and on are the arguments. */
  shell(script: string, ...args: readonly string[]): Promise<string> {
    return this.run('sh', ['-ec', script, 'sh', ...args]);
  }

  /**
   * Starts a program inside that outlives this process. Its parent is process 1: an `nsenter` that went on being its parent would
   * stop with it, and never hear that it goes on.
   */
  start(command: readonly string[], log: string, env: Readonly<Record<string, string>> = {}): void {
    startDetached([...this.entry(), 'sh', '-c', 'setsid "$@" &', 'sh', ...command], log, env);
  }

  /** Ends process 1, and with it everything inside. @returns when the kernel is done with that */
  async end(): Promise<void> {
    if (!this.isAlive) return;
    process.kill(this.first.pid, 'SIGKILL');
    while (this.isAlive) await sleep(5);
  }
}

function startDetached(command: readonly string[], log: string, env: Readonly<Record<string, string>> = {}): number {
  const [program = '', ...args] = command;
  const output = openSync(log, 'a', 0o600);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    cwd: '/',
  });
  closeSync(output);
  // One that can't be started shows by what it does not do; the log says why.
  child.once('error', () => {});
  child.unref();
  return child.pid ?? 0;
}
