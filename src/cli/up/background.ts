import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from '../../lib/process-start.ts';

/** A log longer than this starts anew, with one older copy kept. */
const MAX_LOG_BYTES = 10 * 2 ** 20;

/** A program that runs on after the command line has ended; known again by pid and start time, since pids are reused. */
export class BackgroundProgram {
  readonly name: string;
  readonly logFile: string;
  readonly #pidFile: string;

  constructor(dataDir: string, name: string) {
    this.name = name;
    this.logFile = join(dataDir, 'log', `${name}.log`);
    this.#pidFile = join(dataDir, 'run', `${name}.pid`);
  }

  /** Its process id while it runs. */
  get pid(): number | undefined {
    try {
      const [pid, startTime] = readFileSync(this.#pidFile, 'utf8').trim().split(' ');
      return startTime && startTimeOf(Number(pid)) === startTime ? Number(pid) : undefined;
    } catch {
      // No pid file: it was never started, or was stopped.
      return undefined;
    }
  }

  start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    for (const file of [this.logFile, this.#pidFile]) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#rotateLog();
    const log = openSync(this.logFile, 'a', 0o600);
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
      cwd: '/',
    });
    closeSync(log);
    // A program that can't be started shows by having no pid: `alive` tells.
    child.once('error', () => {});
    if (child.pid !== undefined) writeFileSync(this.#pidFile, `${child.pid} ${startTimeOf(child.pid)}\n`);
    child.unref();
  }

  /** Asks it to end, waits, and kills it when it takes longer than `graceMs`. */
  async stop(graceMs = 30_000): Promise<void> {
    const pid = this.pid;
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      for (const end = Date.now() + graceMs; this.pid === pid && Date.now() < end; ) await sleep(50);
      if (this.pid === pid) process.kill(pid, 'SIGKILL');
      while (this.pid === pid) await sleep(20);
    }
    rmSync(this.#pidFile, { force: true });
  }

  /** The last lines of its log, for an error message. */
  lastLines(count = 8): string {
    try {
      return readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-count).join('\n  ');
    } catch {
      // It never wrote one.
      return '';
    }
  }

  #rotateLog(): void {
    try {
      if (statSync(this.logFile).size > MAX_LOG_BYTES) renameSync(this.logFile, `${this.logFile}.1`);
    } catch {
      // The first start: there is no log yet.
    }
  }
}
